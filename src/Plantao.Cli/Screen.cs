using System.Runtime.CompilerServices;
using Spectre.Console;

namespace Plantao.Cli;

/// <summary>The only way to the console: whatever is written passes <see cref="TerminalText"/>.</summary>
/// <param name="around">Where it writes.</param>
sealed class Screen(Surroundings around)
{
    /// <summary>A line of the result.</summary>
    public void Line(string text) => around.Out.WriteLine(TerminalText.Inert(text));

    /// <summary>Text of several lines.</summary>
    public void Lines(string text) => around.Out.WriteLine(TerminalText.Inert(text.ReplaceLineEndings("\n"), lines: true));

    /// <summary>What is said beside the result: it goes to standard error, so that a script gets the result alone.</summary>
    public void Note(string text) => around.Error.WriteLine(TerminalText.Inert(text));

    /// <summary>A table. At a terminal it fits the width; else a line for each row, cells between tabs, nothing cut.</summary>
    public void Table(IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string?>> rows)
    {
        var cells = rows.Select(row => row.Select(cell => string.IsNullOrEmpty(cell) ? "-" : TerminalText.OneLine(cell)).ToArray()).ToList();
        if (around.Terminal) Fitted(heads, cells);
        else
        {
            around.Out.WriteLine(string.Join('\t', heads));
            foreach (var row in cells) around.Out.WriteLine(string.Join('\t', row));
        }
    }

    /// <summary>Apart, so that Spectre.Console is loaded for a table at a terminal only.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    void Fitted(IReadOnlyList<string> heads, IReadOnlyList<string[]> rows)
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(around.Out), Interactive = InteractionSupport.No });
        console.Profile.Width = around.Width;
        var table = new Table { Border = TableBorder.None };
        foreach (var head in heads) table.AddColumn(new TableColumn(new Text(head, new(decoration: Decoration.Bold))));
        // Text, never markup: brackets in a title are brackets.
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        console.Write(table);
    }
}
