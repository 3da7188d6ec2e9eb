using System.CommandLine;
using System.Globalization;

namespace Plantao.Cli;

/// <summary><c>plantao secret</c>.</summary>
static class SecretCommands
{
    public static void Fill(Verbs secret)
    {
        secret.Verb("list", "The names of the secrets that are kept, never their values.", [], async it =>
        {
            var zone = await it.Zone();
            return it.Show(await it.Server.Secrets(it.Stop), ("NAME", s => s.Name), ("VERSION", s => s.Version.ToString(CultureInfo.InvariantCulture)), ("CHANGED", s => zone.At(s.ChangedAt)));
        });

        var name = new Argument<string>("name") { Description = "The name by which definitions use it." };
        secret.Verb("keep", "Keeps a value: one line on standard input, so that it stands in no history of a shell.", [name], async it =>
        {
            var value = (await it.In.ReadToEndAsync(it.Stop)).Trim();
            if (value.Length == 0) throw new UsageException("No value came on standard input.");
            await it.Server.KeepSecret(it.Of(name)!, new(value), it.Stop);
            return it.Done($"{it.Of(name)} is kept, sealed. It is never shown again.");
        });

        secret.Verb("forget", "Forgets a value: what names it has a hole from now on.", [name], async it =>
        {
            await it.Server.ForgetSecret(it.Of(name)!, it.Stop);
            return it.Done($"{it.Of(name)} is forgotten.");
        });
    }
}
