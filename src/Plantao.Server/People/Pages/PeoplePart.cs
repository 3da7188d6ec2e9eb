using System.Globalization;
using Plantao.Platform.Web.Components;

namespace Plantao.People.Pages;

/// <summary>A component of the screens of people, teams and one's own contact methods.</summary>
public abstract class PeoplePart : Part
{
    protected string T(string key, params IReadOnlyList<string> values) => Me.Say(PeopleTexts.All, key, values);

    protected static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    protected static string IconOf(string channel) => channel switch { "email" => "mail", "sms" => "sms", "voice" => "call", "push" or "ntfy" => "phone", _ => "chat" };

    protected static string ChannelName(string channel) => channel switch { "email" => "E-mail", "slack" => "Slack", "teams" => "Teams", "sms" => "SMS", "voice" => "Voice", "push" => "Push", "webhook" => "Webhook", _ => channel };
}
