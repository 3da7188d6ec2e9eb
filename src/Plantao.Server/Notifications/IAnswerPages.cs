using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>What a page's link can do. Never resolve, never sign in.</summary>
public enum PageAnswer
{
    /// <summary>"I have it"; again by the same person: "still on it".</summary>
    Acknowledge,

    /// <summary>Not me: the next step is taken now.</summary>
    PassOn,
}

/// <summary>What came of an answer: <c>acknowledged</c>, <c>already</c> (by whom), <c>extended</c>, <c>passed-on</c>, <c>over</c>.</summary>
public sealed record Answered(string Outcome, string? ByUserId);

/// <summary>An answer to a page: a channel hears it, the rooms above act.</summary>
public interface IAnswerPages
{
    Task<Ruling<Answered>> Answer(Tx tx, AnswerablePage page, PageAnswer answer, string via, string correlation);
}
