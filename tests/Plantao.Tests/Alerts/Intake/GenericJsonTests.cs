using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Generic;
using static Plantao.Tests.Alerts.Intake.Corpus;

namespace Plantao.Tests.Alerts.Intake;

public class GenericJsonTests
{
    const string Nested = """
        {"items":"alerts","title":"name","dedup_key":["data.host.name"],"status":"state","status_words":{"PROBLEM":"firing","OK":"resolved"},
         "source_time":"when","labels":{"team":"labels.team","env":"$.env","kind":"$.event[\"kind\"]"},"external_id":"$.event.id"}
        """;

    [Fact]
    public void The_obvious_members_need_no_mapping()
    {
        var taken = GenericJson.Take(Read("generic-default.json"), Context, Mapping.Default);

        Assert.Equal((202, "evt-1"), (taken.Answer.Status, taken.ExternalId));
        var reading = Assert.Single(taken.Readings);
        Assert.Equal((ReadingKind.Firing, "fila-pagamentos", "Fila de pagamentos parada", "critical"), (reading.Kind, reading.DedupKey, reading.Title, reading.SourceSeverity));
        Assert.Equal("Nenhuma mensagem há 10 min", reading.Text);
        Assert.Equal("dlq=\"true\", fila=\"pagamentos\", tamanho=\"1520\"", reading.Labels!.ToString());
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795513500), reading.SourceAt);
        Assert.Equal("https://painel.example/filas", reading.Link);
    }

    [Fact]
    public void Items_are_read_from_their_own_place_and_from_the_top()
    {
        var taken = GenericJson.Take(Read("generic-nested.json"), Context, Mapping.Read(Nested.Bytes()).Value);

        Assert.Equal("e-77", taken.ExternalId);
        Assert.Equal([(ReadingKind.Firing, "web1", "CPU"), (ReadingKind.Resolved, "web2", "RAM")], taken.Readings.Select(reading => (reading.Kind, reading.DedupKey!, reading.Title)));
        Assert.All(taken.Readings, reading => Assert.Equal("env=\"prod\", kind=\"batch\", team=\"core\"", reading.Labels!.ToString()));
        Assert.Equal(Now.AddMinutes(-5), taken.Readings[0].SourceAt);
    }

    [Fact]
    public void Brackets_name_the_items_too()
    {
        var mapping = Mapping.Read("""{"title":"alerts[].name","labels":"$.alerts[].labels"}"""u8).Value;

        Assert.Equal("alerts", mapping.Items!.Text);
        Assert.Equal(["CPU", "RAM"], GenericJson.Take(Read("generic-nested.json"), Context, mapping).Readings.Select(reading => reading.Title));
    }

    [Fact]
    public void A_body_that_is_an_array_has_the_top_as_its_items()
    {
        var mapping = Mapping.Read("""{"items":"$","title":"t"}"""u8).Value;

        Assert.Equal(["a", "b"], GenericJson.Take("""[{"t":"a"},{"t":"b"}]"""u8, Context, mapping).Readings.Select(reading => reading.Title));
    }

    [Theory]
    [InlineData("resolved", ReadingKind.Resolved)]
    [InlineData(" RESOLVED ", ReadingKind.Resolved)]
    [InlineData("Acknowledged", ReadingKind.Acknowledged)]
    [InlineData("problem", ReadingKind.Firing)]
    [InlineData("", ReadingKind.Firing)]
    public void Status_words_are_whole_and_in_any_case(string word, ReadingKind kind) =>
        Assert.Equal(kind, Assert.Single(GenericJson.Take($$"""{"title":"x","key":"k","status":"{{word}}"}""".Bytes(), Context, Mapping.Default).Readings).Kind);

    [Theory]
    [InlineData("unresolved")]
    [InlineData("not ok")]
    [InlineData("re-opened")]
    public void A_word_inside_another_is_not_found(string word)
    {
        var taken = GenericJson.Take($$"""{"title":"x","key":"k","status":"{{word}}"}""".Bytes(), Context, Mapping.Default);

        Assert.Equal((400, 0), (taken.Answer.Status, taken.Readings.Count));
        Assert.Contains("status", taken.Refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "The body must be an object.")]
    [InlineData("{}", "title or summary or name or text or message or description must hold a title.")]
    [InlineData("""{"title":{}}""", "title must be text, a number, true or false.")]
    [InlineData("""{"title":"x","labels":[]}""", "labels must be an object.")]
    [InlineData("""{"title":"x","labels":{"host":{"a":1}}}""", "labels.host must be text, a number, true or false.")]
    [InlineData("""{"title":"x","timestamp":"yesterday"}""", "timestamp must be a time: RFC 3339, or Unix seconds or milliseconds.")]
    [InlineData("""{"title":"x","status":"resolved"}""", "dedup_key or key must hold the key of what is resolved.")]
    public void A_refusal_names_the_path(string body, string sentence)
    {
        var taken = GenericJson.Take(body.Bytes(), Context, Mapping.Default);

        Assert.Equal((400, sentence), (taken.Answer.Status, taken.Refused));
        Assert.Equal("application/problem+json", taken.Answer.ContentType);
    }

    [Fact]
    public void Items_that_can_be_read_are_taken_when_others_are_refused()
    {
        var mapping = Mapping.Read("""{"items":"alerts","title":"name"}"""u8).Value;

        var taken = GenericJson.Take("""{"alerts":[{"name":"kept"},{"name":[]},{"name":"too"}]}"""u8, Context, mapping);

        Assert.Equal(["kept", "too"], taken.Readings.Select(reading => reading.Title));
        Assert.Equal("alerts[1].name must be text, a number, true or false. The other 2 were taken.", taken.Refused);
        Assert.Equal(400, taken.Answer.Status);
    }

    [Fact]
    public void A_title_may_come_from_the_first_line_of_the_text() =>
        Assert.Equal("line one", Assert.Single(GenericJson.Take("""{"text":"line one\nline two"}"""u8, Context, Mapping.Default).Readings).Title);

    [Theory]
    [InlineData("[]", "must be an object")]
    [InlineData("{", "not JSON")]
    [InlineData("{}", "title or text must be given")]
    [InlineData("""{"title":"t","tittle":"t"}""", "tittle is not a member")]
    [InlineData("""{"title":5}""", "title must be a path or an array of paths")]
    [InlineData("""{"title":["a",5]}""", "title must be a path or an array of paths")]
    [InlineData("""{"title":"a..b"}""", "title: a..b is not a path")]
    [InlineData("""{"title":"a[*]"}""", "title: a[*] is not a path")]
    [InlineData("""{"title":""}""", "title:  is not a path")]
    [InlineData("""{"title":"t","items":5}""", "items must be a path")]
    [InlineData("""{"title":"x[].t","text":"y[].t"}""", "the items are x")]
    [InlineData("""{"title":"t","status_words":{"a":"change"}}""", "status_words.a must be one of: firing resolved acknowledged")]
    [InlineData("""{"title":"t","labels":{"a":5}}""", "labels.a must be a path")]
    public void A_mapping_is_read_strictly(string json, string sentence)
    {
        var ruling = Mapping.Read(json.Bytes());

        Assert.False(ruling.Allowed);
        Assert.Contains(sentence, ruling.Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_survives_its_json_form()
    {
        foreach (var mapping in (Mapping[])[Mapping.Default, Mapping.Read(Nested.Bytes()).Value])
            Assert.Equal(mapping, Mapping.Read(mapping.ToJson()).Value);
    }

    [Theory]
    [InlineData("$")]
    [InlineData("a")]
    [InlineData("$.a.b[0].c")]
    [InlineData("$[\"a b\"][2]")]
    [InlineData("a[\"x.y\\\"z\"]")]
    public void Paths_are_kept_as_written(string text) => Assert.Equal(text, JsonPath.Parse(text).Text);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData("$a")]
    [InlineData("a[")]
    [InlineData("a[-1]")]
    [InlineData("a[1]b")]
    [InlineData("a[99999999999]")]
    [InlineData("a[\"b]")]
    public void What_is_no_path_is_refused(string text) => Assert.Throws<FormatException>(() => JsonPath.Parse(text));
}
