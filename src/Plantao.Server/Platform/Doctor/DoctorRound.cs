namespace Plantao.Platform.Doctor;

/// <summary>Asks all checks, each on its own: one that hangs or fails is a finding, and hides no other.</summary>
static class DoctorRound
{
    /// <param name="patience">How long each is given; they are asked at the same time.</param>
    /// <returns>In the order of the checks.</returns>
    public static async Task<IReadOnlyList<(string Name, Finding Finding)>> Make(IEnumerable<IDoctorCheck> checks, TimeSpan patience, CancellationToken ct) =>
        await Task.WhenAll(checks.Select(check => Ask(check, patience, ct)));

    static async Task<(string, Finding)> Ask(IDoctorCheck check, TimeSpan patience, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        try
        {
            return (check.Name, await check.Check(limit.Token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (check.Name, Finding.Failure(($"no answer within {patience.TotalSeconds:0} s", $"sem resposta em {patience.TotalSeconds:0} s"), ("See whether what it asks is reached from here.", "Veja se o que ele consulta é alcançado daqui.")));
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            return (check.Name, Finding.Failure(($"could not be looked at: {fault.Message}", $"não pôde ser verificado: {fault.Message}"), ("Report it, if the cause is not on your side.", "Relate, se a causa não estiver do seu lado.")));
        }
    }
}
