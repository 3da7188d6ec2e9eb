using System.Globalization;
using System.Net;
using Plantao.Platform.Storage;
using Plantao.Platform.Storage.Backup;
using Plantao.Platform.Text;

namespace Plantao.Platform.Doctor;

/// <summary>Whether a committed row survives a power cut.</summary>
sealed class DurabilityCheck(Db db) : IDoctorCheck
{
    public string Name => "durability";

    public async Task<Finding> Check(CancellationToken ct) => await Durability.Weaknesses(db, ct) is { Count: > 0 } weak
        ? Finding.Failure(string.Join("; ", weak), ("Set it in the database's configuration. Until then an accepted alert may be lost in a power cut.", "Ajuste na configuração do banco de dados. Até lá, um alerta aceito pode se perder numa queda de energia."))
        : Finding.Ok(db.Dialect is Dialect.Sqlite ? "SQLite, WAL, synchronous=FULL" : ("PostgreSQL, fsync, full_page_writes and synchronous_commit on", "PostgreSQL, com fsync, full_page_writes e synchronous_commit"));
}

/// <summary>Whether this machine and the database agree on the time.</summary>
sealed class ClockCheck(Db db, TimeProvider clock) : IDoctorCheck
{
    public string Name => "clock";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var steady = clock as SteadyClock;
        var offset = db.Dialect is Dialect.Postgres ? (steady?.Offset ?? TimeSpan.Zero) + await db.ClockOffset(clock, ct) : steady?.Offset ?? TimeSpan.Zero;
        var seconds = offset.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        return (offset.Duration() > SetTimers.Tolerated, db.Dialect) switch
        {
            (true, Dialect.Postgres) => Finding.Warning(($"this machine is {seconds} s away from the database; the database's time is used", $"esta máquina está a {seconds} s do banco de dados; vale a hora do banco"), ("Set this machine's clock: NTP.", "Acerte o relógio desta máquina: NTP.")),
            (true, Dialect.Sqlite) => Finding.Warning(($"this machine's clock was set: it is {seconds} s away from the time that the server goes by", $"o relógio desta máquina foi acertado: está a {seconds} s da hora que o servidor segue"), ("See that it is right (NTP), and restart `plantao serve`, which then takes it; what waits keeps the wait that it has left.", "Confira se está certo (NTP) e reinicie `plantao serve`, que então o adota; o que espera mantém a espera que falta.")),
            (false, Dialect.Postgres) => Finding.Ok(($"{seconds} s away from the database", $"a {seconds} s do banco de dados")),
            (false, Dialect.Sqlite) => Finding.Ok(("one machine, one clock", "uma máquina, um relógio")),
        };
    }
}

/// <summary>Whether there is room for what comes in.</summary>
sealed class DiskCheck(ServeOptions options) : IDoctorCheck
{
    const long Warn = 1L << 30;
    const long Fail = 200L << 20;

    public string Name => "disk";

    public Task<Finding> Check(CancellationToken ct)
    {
        var free = new DriveInfo(Path.GetFullPath(options.DataFolder)).AvailableFreeSpace;
        Sentence text = ($"{free >> 20} MiB free in {options.DataFolder}", $"{free >> 20} MiB livres em {options.DataFolder}");
        return Task.FromResult(free < Fail ? Finding.Failure(text, ("Make room: alerts are refused with 503 when the disk is full.", "Libere espaço: com o disco cheio, alertas são recusados com 503."))
            : free < Warn ? Finding.Warning(text, ("Make room before it fills up; a backup needs as much again as the database.", "Libere espaço antes que encha; um backup precisa de outro tanto do banco de dados."))
            : Finding.Ok(text));
    }
}

/// <summary>Whether nobody else can read the encryption key.</summary>
sealed class KeyFileCheck(ServeOptions options) : IDoctorCheck
{
    public string Name => "key";

    public Task<Finding> Check(CancellationToken ct)
    {
        if (!string.IsNullOrEmpty(options.Key)) return Task.FromResult(Finding.Ok(("given as PLANTAO_KEY", "dada como PLANTAO_KEY")));
        var path = Path.Combine(options.DataFolder, "plantao.key");
        if (!File.Exists(path)) return Task.FromResult(Finding.Failure(($"{path} is missing", $"falta {path}"), ("Put the file back, or give it as PLANTAO_KEY.", "Ponha o arquivo de volta ou dê a chave como PLANTAO_KEY.")));
        var others = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return Task.FromResult(others is UnixFileMode.None
            ? Finding.Ok(($"{path}, mode 0600", $"{path}, modo 0600"))
            : Finding.Failure(($"{path} can be read by others", $"{path} pode ser lido por outros"), ($"chmod 600 {path}, and think of who may have read it.", $"chmod 600 {path}, e pense em quem pode tê-lo lido.")));
    }
}

/// <summary>Whether links in messages lead here, and safely.</summary>
sealed class PublicAddressCheck(Db db, ServeOptions options) : IDoctorCheck
{
    public string Name => "public address";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var address = options.PublicAddress ?? await Settings.Find(db, "public_address", ct);
        if (string.IsNullOrEmpty(address))
            return Finding.Warning(($"not set; links in messages begin with {options.Urls.Split(';')[0]}", $"não definido; os links das mensagens começam com {options.Urls.Split(';')[0]}"), ("Set --public-address to how people reach this server.", "Defina --public-address com o endereço pelo qual as pessoas chegam a este servidor."));
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) return Finding.Failure(($"'{address}' is no address", $"'{address}' não é um endereço"), ("Set --public-address, such as https://plantao.example.org.", "Defina --public-address, como https://plantao.example.org."));
        if (uri.Scheme == Uri.UriSchemeHttps) return Finding.Ok(address);
        return uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip))
            ? Finding.Warning(($"{address} is reached from this machine alone", $"{address} só é alcançado desta máquina"), ("Good for a trial. For others set --public-address to an https address.", "Bom para um teste. Para outros, defina --public-address com um endereço https."))
            : Finding.Failure(($"{address} is not https: links and tokens can be read on the way", $"{address} não é https: links e tokens podem ser lidos no caminho"), ("Put a proxy with a certificate before it, and set --public-address to its https address.", "Ponha um proxy com certificado na frente e defina --public-address com o endereço https dele."));
    }
}

/// <summary>Whether there is a backup, and how old its proof is.</summary>
sealed class BackupCheck(Db db, TimeProvider clock) : IDoctorCheck
{
    public string Name => "backup";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var made = await Settings.FindAt(db, BackupWorker.MadeAt, ct);
        var proved = await Settings.FindAt(db, BackupWorker.ProvedAt, ct);
        if (await Settings.Find(db, BackupWorker.Problem, ct) is { } problem) return Finding.Failure(($"the last try failed: {problem}", $"a última tentativa falhou: {problem}"), ("Mend it; it is tried again every hour.", "Corrija; tenta-se de novo a cada hora."));
        Sentence text = ($"made {Age(made, now).English}, proved by a restore {Age(proved, now).English}", $"feito {Age(made, now).Portuguese}, provado por uma restauração {Age(proved, now).Portuguese}");
        if (made is null) return Finding.Warning(("none made yet", "nenhum feito ainda"), ("`plantao serve` makes one after its first hour and then daily; `plantao backup FILE` makes one now.", "`plantao serve` faz um após a primeira hora e depois todo dia; `plantao backup ARQUIVO` faz um agora."));
        if (now - made > BackupCalendar.Every * 2 || proved is null || now - proved > BackupCalendar.ProveEvery * 2) return Finding.Failure(text, ("See why the server makes none: its log says `Backup`. `plantao backup FILE` makes one now.", "Veja por que o servidor não faz nenhum: o log dele diz `Backup`. `plantao backup ARQUIVO` faz um agora."));
        return now - proved > BackupCalendar.ProveEvery + BackupCalendar.Every ? Finding.Warning(text, ("A proof is due weekly: see the server's log.", "Deve haver uma prova por semana: veja o log do servidor.")) : Finding.Ok(text);
    }

    static Sentence Age(DateTimeOffset? at, DateTimeOffset now) => at is { } then
        ? (string.Create(CultureInfo.InvariantCulture, $"{(now - then).TotalHours:0.0} h ago"), $"há {(now - then).TotalHours.ToString("0.0", CultureInfo.GetCultureInfo("pt-BR"))} h")
        : ("never", "nunca");
}

/// <summary>Whether the database waits for a resume.</summary>
sealed class PausedCheck(Db db) : IDoctorCheck
{
    public string Name => "state";

    public async Task<Finding> Check(CancellationToken ct) => await Settings.Find(db, Settings.State, ct) == "paused"
        ? Finding.Failure(("paused after a restore: nothing is sent and nothing is run", "em pausa após uma restauração: nada é enviado e nada é executado"), ("Look that no other server works on the same alerts, and run `plantao resume`.", "Veja se nenhum outro servidor trabalha nos mesmos alertas e execute `plantao resume`."))
        : Finding.Ok(("running", "em funcionamento"));
}

/// <summary>Whether the servers on this database are there, and agree with it.</summary>
sealed class NodesCheck(Db db, TimeProvider clock) : IDoctorCheck
{
    public string Name => "servers";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var there = await NodeSeen.Since(db, now - TimeSpan.FromMinutes(1), ct);
        if (there.Count == 0) return Finding.Warning(("none was there in the last minute", "nenhum no último minuto"), ("Start one: `plantao serve`.", "Inicie um: `plantao serve`."));
        var versions = there.Select(n => n.Version).Distinct(StringComparer.Ordinal).ToList();
        return versions.Count > 1
            ? Finding.Warning(($"{there.Count} with versions {string.Join(", ", versions)}", $"{there.Count} com as versões {string.Join(", ", versions)}"), ("Finish the upgrade.", "Termine a atualização."))
            : Finding.Ok(($"{there.Count} with version {versions[0]}", $"{there.Count} com a versão {versions[0]}"));
    }
}
