namespace Plantao.Platform.Storage;

/// <summary>A column as the database's own catalogue names it.</summary>
sealed record StoredColumn(string Name, ColumnType Type, bool IsKey, bool IsNumbered);

/// <summary>A table as the database's own catalogue names it.</summary>
/// <param name="References">Tables that its rows point to, itself among them where it does.</param>
sealed record StoredTable(string Name, IReadOnlyList<StoredColumn> Columns, IReadOnlySet<string> References)
{
    /// <summary>All rows, in an order that is the same on both databases: by primary key, text by its bytes.</summary>
    public Sql InOrder(Dialect dialect)
    {
        var keys = Columns.Any(c => c.IsKey) ? Columns.Where(c => c.IsKey) : Columns;
        return Sql.Own($"SELECT {string.Join(", ", Columns.Select(c => Quoted(c.Name)))} FROM {Quoted(Name)} ORDER BY {string.Join(", ", keys.Select(c => Order(c, dialect)))}");
    }

    public static string Quoted(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    static string Order(StoredColumn column, Dialect dialect) =>
        Quoted(column.Name) + (dialect is Dialect.Postgres && column.Type is ColumnType.Text ? " COLLATE \"C\"" : "") + " NULLS FIRST";
}

/// <summary>What tables there are, asked of the database itself: a copy of everything knows no room.</summary>
static class Catalogue
{
    public static async Task<IReadOnlySet<string>> TableNames(Tx tx) =>
        (await tx.Query(tx.Db.Dialect is Dialect.Sqlite
            ? Sql.Own("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            : Sql.Own("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"), r => r.Text(0))).ToHashSet(StringComparer.Ordinal);

    /// <summary>All tables, each after those that its rows point to.</summary>
    /// <exception cref="InvalidDataException">A column has a type that no archive can carry, or tables point at each other in a ring.</exception>
    public static async Task<IReadOnlyList<StoredTable>> Tables(Tx tx)
    {
        var columns = await tx.Query(tx.Db.Dialect is Dialect.Sqlite
            ? Sql.Own("""
                SELECT t.name, c.name, c.type, c.pk > 0, c.pk > 0 AND t.sql LIKE '%AUTOINCREMENT%'
                  FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid
                """)
            : Sql.Own("""
                SELECT c.table_name::text, c.column_name::text, c.data_type::text,
                       (EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                                 WHERE i.indisprimary AND i.indrelid = format('%I.%I', c.table_schema, c.table_name)::regclass AND a.attname = c.column_name))::int::bigint,
                       (c.is_identity = 'YES')::int::bigint
                  FROM information_schema.columns c JOIN pg_tables t ON t.schemaname = c.table_schema AND t.tablename = c.table_name
                 WHERE c.table_schema = current_schema() AND c.is_generated = 'NEVER'
                 ORDER BY c.table_name, c.ordinal_position
                """), r => (Table: r.Text(0), Column: r.Text(1), Type: r.Text(2), Key: r.Flag(3), Numbered: r.Flag(4)));
        var references = (await tx.Query(tx.Db.Dialect is Dialect.Sqlite
            ? Sql.Own("""SELECT t.name, f."table" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'""")
            : Sql.Own("""
                SELECT a.relname::text, b.relname::text FROM pg_constraint c JOIN pg_class a ON a.oid = c.conrelid JOIN pg_class b ON b.oid = c.confrelid
                 WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace
                """), r => (From: r.Text(0), To: r.Text(1)))).ToLookup(r => r.From, r => r.To, StringComparer.Ordinal);

        var left = columns.GroupBy(c => c.Table, StringComparer.Ordinal)
            .Select(g => new StoredTable(g.Key, [.. g.Select(c => new StoredColumn(c.Column, TypeOf(c.Table, c.Column, c.Type), c.Key, c.Numbered))], references[g.Key].ToHashSet(StringComparer.Ordinal)))
            .OrderBy(t => t.Name, StringComparer.Ordinal)
            .ToList();
        var sorted = new List<StoredTable>(left.Count);
        while (left.Count > 0)
        {
            var free = left.Find(table => !left.Exists(other => other.Name != table.Name && table.References.Contains(other.Name)))
                ?? throw new InvalidDataException($"The tables {string.Join(", ", left.Select(t => t.Name))} point at each other in a ring: none can be filled first.");
            sorted.Add(free);
            left.Remove(free);
        }

        return sorted;
    }

    /// <summary>Waits with the check of rows that point into their own table until <see cref="CheckNow"/>.</summary>
    public static async Task CheckLater(Tx tx)
    {
        if (tx.Db.Dialect is Dialect.Sqlite) await tx.Execute(Sql.Own("PRAGMA defer_foreign_keys = ON"));
        else foreach (var alter in await OwnReferences(tx, "DEFERRABLE INITIALLY DEFERRED")) await tx.Execute(Sql.Own(alter));
    }

    /// <inheritdoc cref="CheckLater"/>
    public static async Task CheckNow(Tx tx)
    {
        // SQLite checks at the end of the transaction by itself.
        if (tx.Db.Dialect is Dialect.Sqlite) return;
        await tx.Execute(Sql.Own("SET CONSTRAINTS ALL IMMEDIATE"));
        foreach (var alter in await OwnReferences(tx, "NOT DEFERRABLE")) await tx.Execute(Sql.Own(alter));
    }

    static Task<IReadOnlyList<string>> OwnReferences(Tx tx, string how) => tx.Query(
        $"SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I ', conrelid::regclass, conname) || {how} FROM pg_constraint WHERE contype = 'f' AND conrelid = confrelid AND connamespace = current_schema()::regnamespace",
        r => r.Text(0));

    /// <summary>The last number that each counting column gave, also where that row is gone.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> Numbers(Tx tx, IEnumerable<StoredTable> tables)
    {
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            if (table.Columns.FirstOrDefault(c => c.IsNumbered) is not { } column) continue;
            numbers[table.Name] = await tx.First(tx.Db.Dialect is Dialect.Sqlite
                ? $"SELECT seq FROM sqlite_sequence WHERE name = {table.Name}"
                : Sql.Own($"SELECT last_value FROM {await Sequence(tx, table.Name, column.Name)} WHERE is_called"), r => r.Long(0));
        }

        return numbers;
    }

    /// <summary>Sets what <see cref="Numbers"/> read: the next number is greater than <paramref name="last"/>.</summary>
    public static async Task SetNumber(Tx tx, StoredTable table, long last)
    {
        var column = table.Columns.First(c => c.IsNumbered);
        if (tx.Db.Dialect is Dialect.Sqlite)
        {
            if (await tx.Execute($"UPDATE sqlite_sequence SET seq = {last} WHERE name = {table.Name}") == 0)
                await tx.Execute($"INSERT INTO sqlite_sequence (name, seq) VALUES ({table.Name}, {last})");
            return;
        }

        await tx.Query($"SELECT setval(pg_get_serial_sequence({StoredTable.Quoted(table.Name)}, {column.Name}), {Math.Max(1, last)}, {last} > 0)", r => r.Long(0));
    }

    static async Task<string> Sequence(Tx tx, string table, string column) =>
        (await tx.First($"SELECT pg_get_serial_sequence({StoredTable.Quoted(table)}, {column})::text", r => r.TextOrNull(0)))
            ?? throw new InvalidDataException($"{table}.{column} counts without a sequence of its own.");

    static ColumnType TypeOf(string table, string column, string declared) => declared.ToUpperInvariant() switch
    {
        "BIGINT" or "INTEGER" or "INT" or "SMALLINT" => ColumnType.Long,
        "TEXT" or "CHARACTER VARYING" => ColumnType.Text,
        "BLOB" or "BYTEA" => ColumnType.Bytes,
        var other => throw new InvalidDataException($"{table}.{column} has the type {other}, which no archive can carry: BIGINT, TEXT and {{bytes}} are ours."),
    };
}
