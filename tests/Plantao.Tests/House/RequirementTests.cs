using System.Reflection;

namespace Plantao.Tests.House;

public class RequirementTests
{
    static readonly IReadOnlyList<string[]> Requirements =
        [.. File.ReadLines(Path.Combine(Sources.Root, "tests", "requirements.tsv")).Select(line => line.Split('\t'))];

    [Fact]
    public void There_are_428_requirements_each_with_a_number_a_document_and_a_title()
    {
        (string Document, int Count)[] documents = [("S0", 58), ("S1", 75), ("S2", 131), ("S3", 47), ("S4", 117)];

        Assert.Equal(documents.SelectMany(document => Enumerable.Range(1, document.Count).Select(number => $"{document.Document}-{number:00}")), Requirements.Select(row => row[0]));
        Assert.All(Requirements, row =>
        {
            Assert.Equal(3, row.Length);
            Assert.Equal(row[0][..2], row[1]);
            Assert.InRange(row[2].Length, 10, 90);
        });
    }

    [Fact]
    public void A_test_covers_only_what_is_required()
    {
        var known = Requirements.Select(row => row[0]).ToHashSet(StringComparer.Ordinal);
        var claimed = typeof(RequirementTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Cast<MemberInfo>().Append(type))
            .SelectMany(member => member.GetCustomAttributes<CoversAttribute>(inherit: false).SelectMany(covers => covers.Ids), (member, id) => (member.Name, id));

        Assert.DoesNotContain(claimed, claim => !known.Contains(claim.id));
    }
}
