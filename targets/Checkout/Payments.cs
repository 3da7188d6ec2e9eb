namespace Plantao.Target.Checkout;

/// <summary>The provider that takes the money, and the fault that can be put into it.</summary>
sealed class Payments
{
    /// <summary>The name of the fault.</summary>
    public const string Fault = "payments-refused";

    volatile bool refused;

    /// <summary>Whether every payment is refused.</summary>
    public bool Refused
    {
        get => refused;
        set => refused = value;
    }
}
