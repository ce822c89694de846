namespace Shoal.InteropTests.Js;

/// <summary>
/// A test that needs js-libp2p. Skipped, with the reason, where Node or its packages cannot be had; with
/// <c>SHOAL_INTEROP=required</c> in the environment it runs all the same, and fails with that reason.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JsFactAttribute : FactAttribute
{
    public JsFactAttribute()
    {
        if (!Interop.IsRequired) Skip = JsPackages.WhyNot;
    }
}

/// <summary>As <see cref="JsFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JsTheoryAttribute : TheoryAttribute
{
    public JsTheoryAttribute()
    {
        if (!Interop.IsRequired) Skip = JsPackages.WhyNot;
    }
}
