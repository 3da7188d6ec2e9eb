using System.Diagnostics;
using System.Globalization;
using System.Net;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>Nothing more can be written where everything lies, and then it can again (failures.md B6).</summary>
[Trait("Kind", "Crash")]
public class DiskFullTests(ITestOutputHelper output)
{
    /// <summary>A disk of its own can be filled to the last block where one may be mounted; everywhere the system can be told to refuse each write of the server.</summary>
    public static TheoryData<string> Ways => Disk.MayBeMounted ? ["no block is free", "no write is allowed"] : ["no write is allowed"];

    [Theory, MemberData(nameof(Ways))]
    public async Task While_nothing_can_be_written_nothing_is_taken_and_afterwards_all_goes_on_by_itself(string way)
    {
        await using var disk = way == "no block is free" ? await Disk.Make(megabytes: 32) : null;
        await using var place = disk is null ? await Place.OnSqlite() : await Place.OnSqlite(Path.Combine(disk.Folder, "data"));
        await using var world = await World.Make(place, ownsPlace: false);
        // A write behind the limit is an error, as a full disk is, and not the signal that ends a process.
        var node = await world.Start(["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
        await using var driver = new Driver(world, () => node.Url, senders: 2);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(node.Url, "/health/ready"), TestContext.Current.CancellationToken)).StatusCode);
        await Until.True(() => driver.Taken >= 10, TimeSpan.FromSeconds(30), () => "It takes nothing.");

        // A log that has once grown is written over for a long time: on the full disk the first time is the one that must refuse.
        for (var round = 0; round < (disk is null ? 3 : 1); round++)
        {
            var before = driver.Refusals.Values.Sum();
            if (disk is null) node.Limit("--fsize=1:unlimited");
            // What is written over once more needs no room, and what could not be written gives some back: it may take a few more before it takes none.
            var (then, refused) = (driver.Taken, before);
            await Until.True(() =>
            {
                disk?.Fill();
                if (driver.Taken != then) (then, refused) = (driver.Taken, driver.Refusals.Values.Sum());
                return driver.Refusals.Values.Sum() > refused + 20;
            }, TimeSpan.FromSeconds(60), () => "Nobody was refused.");
            Assert.Equal([(503, true)], driver.Refusals.Keys);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(new Uri(node.Url, "/health/ready"), TestContext.Current.CancellationToken)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(node.Url, "/health/live"), TestContext.Current.CancellationToken)).StatusCode);

            if (disk is null) node.Limit("--fsize=unlimited:unlimited");
            else disk.Free();
            var back = TimeProvider.System.GetTimestamp();
            await Until.True(() => driver.Taken > then + 5, TimeSpan.FromSeconds(10), () => "It does not take up again within 10 s.");
            output.WriteLine($"{way}: taking again after {TimeProvider.System.GetElapsedTime(back).TotalSeconds:0.00} s, {driver.Refusals.Values.Sum()} refused so far");
        }

        Assert.True(node.Alive);
        // A delivery that went out meanwhile could not be written down: it is to the sink what a crash is.
        output.WriteLine(await Audit.After(world, driver, kills: 3));
    }

    /// <summary>A small disk in memory.</summary>
    sealed class Disk(string folder) : IAsyncDisposable
    {
        /// <summary>Mounting wants CAP_SYS_ADMIN (21), which even root may lack.</summary>
        public static bool MayBeMounted => File.Exists("/proc/self/status")
            && ulong.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal)).AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> 21 is var bits && (bits & 1) == 1;

        public string Folder => folder;

        public static async Task<Disk> Make(int megabytes)
        {
            var folder = Directory.CreateTempSubdirectory("plantao-disk-").FullName;
            Assert.True(await Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "plantao-test", folder), "A disk in memory cannot be mounted.");
            return new Disk(folder);
        }

        /// <summary>Takes every block that is left.</summary>
        public void Fill()
        {
            using var ballast = new FileStream(Path.Combine(folder, "ballast"), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            try
            {
                for (var block = new byte[4096]; ; ballast.Write(block)) { }
            }
            catch (IOException full) when (full.Message.Contains("space", StringComparison.OrdinalIgnoreCase))
            {
                // There is none left.
            }
        }

        public void Free() => File.Delete(Path.Combine(folder, "ballast"));

        public async ValueTask DisposeAsync()
        {
            Assert.True(await Run("umount", "-l", folder), "The disk could not be taken away.");
            Directory.Delete(folder);
        }

        static async Task<bool> Run(string program, params string[] words)
        {
            using var process = Process.Start(new ProcessStartInfo(program, words) { UseShellExecute = false, RedirectStandardError = true })!;
            await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
    }
}
