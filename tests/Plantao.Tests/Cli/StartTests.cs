using System.Diagnostics;
using System.Runtime.InteropServices;
using Plantao.Cli;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Cli
{
    /// <summary>A verb for people starts as a bare program does: nothing of the server is loaded.</summary>
    public class StartTests
    {
        [Theory]
        [InlineData("ack", "alr_1")]
        [InlineData("alert", "list")]
        public async Task A_verb_loads_nothing_of_the_server(params string[] line)
        {
            await using var server = new HttpSink { Answer = HttpSink.With(200, "application/json", line[0] == "ack" ? """{"id":"esc_1","policy":"p","status":"Acknowledged","epoch":1,"step":1,"steps":1,"round":1,"rounds":1,"reached":true}""" : """{"items":[]}""") };
            var list = Path.GetTempFileName();
            try
            {
                var (exit, error) = await Run(server.Url, list, line);
                var loaded = await File.ReadAllLinesAsync(list, TestContext.Current.CancellationToken);

                Assert.Equal((Exit.Done, ""), (exit, error));
                Assert.Contains("Plantao.Client", loaded);
                Assert.DoesNotContain(loaded, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal)
                    || name is "Npgsql" or "Microsoft.Data.Sqlite" or "NodaTime" or "YamlDotNet" or "OpenTelemetry" or "Spectre.Console" or "System.Text.RegularExpressions");
            }
            finally
            {
                File.Delete(list);
            }
        }

        static async Task<(int Exit, string Error)> Run(string server, string list, string[] line)
        {
            var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
            var start = new ProcessStartInfo(dotnet, [Path.Combine(AppContext.BaseDirectory, "plantao.dll"), .. line]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PLANTAO_SERVER"] = server;
            start.Environment["PLANTAO_TOKEN"] = "plt_ptest";
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartTests).Assembly.Location;
            start.Environment[StartupHook.Variable] = list;
            using var process = Process.Start(start)!;
            var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await said;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, error);
        }
    }
}

/// <summary>.NET's way to look into a program from outside: it runs before Main, in the child of <see cref="Plantao.Tests.Cli.StartTests"/>. The runtime asks for this name, in no namespace.</summary>
#pragma warning disable CA1050, MA0047
static class StartupHook
#pragma warning restore CA1050, MA0047
{
    public const string Variable = "PLANTAO_TEST_LOADED";

    public static void Initialize() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        File.WriteAllLines(Environment.GetEnvironmentVariable(Variable)!, AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetName().Name!));
}
