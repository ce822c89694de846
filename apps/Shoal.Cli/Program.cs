using Shoal.Cli;

return await CommandLine.RunAsync(args, CliConsole.System());
