namespace Shoal.InteropTests.Go;

/// <summary>A test that needs Go with hashicorp/yamux. Skipped, with the reason, where they are missing; with <c>SHOAL_INTEROP=required</c> it fails instead.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GoYamuxFactAttribute : FactAttribute
{
    public GoYamuxFactAttribute()
    {
        if (!Interop.IsRequired) Skip = GoYamux.WhyNot;
    }
}
