using FsCheck;
using FsCheck.Fluent;
using Plantao.Platform.Api;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class CursorTests
{
    [Fact]
    public void A_cursor_gives_back_what_it_was_made_of() =>
        Prop.ForAll<string?, long>((name, number) =>
        {
            // A lone half of a surrogate pair is no text, and no key of ours has one.
            var text = new string([.. (name ?? "").Where(c => !char.IsSurrogate(c)).Take(50)]);
            var keys = new[] { text, number.ToString(System.Globalization.CultureInfo.InvariantCulture) };
            return Cursor.Read(Cursor.Of("users", keys), "users", 2).Value.SequenceEqual(keys);
        }).Holds();

    [Theory]
    [InlineData("")]
    [InlineData("50")]
    [InlineData("not/base64url==")]
    [InlineData("WyJ1c2VycyJd")]                   // ["users"]: no key
    [InlineData("WyJ1c2VycyIsImEiLCJiIl0")]       // one key too many
    [InlineData("WyJ0ZWFtcyIsImEiXQ")]            // of another list
    [InlineData("WyJ1c2VycyIsIG51bGxd")]          // null for a key
    [InlineData("WyJ1c2VycyIsICJhIl0")]           // the same with a space: not as we write it
    [InlineData("eyJ1c2VycyI6ImEifQ")]            // an object
    public void Anything_else_is_refused_with_400(string cursor)
    {
        var ruling = Cursor.Read(cursor, "users", 1);

        Assert.False(ruling.Allowed);
        Assert.Equal(400, ruling.Refusal.Status);
    }
}
