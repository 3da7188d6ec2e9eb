namespace Plantao.Alerts.Intake;

/// <summary>How much one message may bring. Text beyond a limit is cut and marked with an ellipsis; a message beyond one is refused.</summary>
public static class IntakeLimits
{
    /// <summary>The largest body, in bytes. PagerDuty's has a limit of its own.</summary>
    public const int Body = 1 << 20;

    /// <summary>The most readings of one message. More are refused as a whole, with 413.</summary>
    public const int Readings = 10_000;

    /// <summary>The most labels, and the most annotations, of one reading: the first by name.</summary>
    public const int Labels = 128;

    /// <summary>How many labels or annotations of one reading are looked at. What comes after is noise, and only takes time.</summary>
    internal const int LabelsRead = 4 * Labels;

    /// <summary>Characters of a label's or annotation's name.</summary>
    public const int LabelName = 256;

    /// <summary>Characters of a label's value.</summary>
    public const int LabelValue = 4_096;

    /// <summary>Characters of an annotation's value, and of a text.</summary>
    public const int Text = 32_768;

    /// <summary>Characters of a title.</summary>
    public const int Title = 1_024;

    /// <summary>Characters of a link. A longer one is left out: a cut address leads elsewhere.</summary>
    public const int Link = 2_048;

    /// <summary>Characters of a source's own word for a severity.</summary>
    public const int Severity = 64;
}
