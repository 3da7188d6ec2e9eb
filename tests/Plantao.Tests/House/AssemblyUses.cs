using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Plantao.Tests.House;

/// <summary>A type, named as in source: no generic arity, and what the compiler nests counts as the type it was written in.</summary>
/// <param name="Own">Defined in the assembly that was read.</param>
readonly record struct UsedType(string Namespace, string Name, bool Own)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";
}

/// <summary>One thing that a type's code or signatures mention.</summary>
/// <param name="Member">The method or field; <see langword="null"/> when only the type is mentioned.</param>
/// <param name="Parameters">The types of a method's parameters, in order; empty for all else.</param>
readonly record struct Use(UsedType By, UsedType Of, string? Member, ImmutableArray<string> Parameters)
{
    public override string ToString() => Member is null ? $"{By} uses {Of}" : $"{By} uses {Of}.{Member}({string.Join(", ", Parameters)})";
}

/// <summary>Everything that the types of one assembly mention: in base types, fields, signatures, attributes and method bodies.</summary>
/// <remarks>Read from the metadata, so nothing of the assembly runs. ECMA-335, partitions II.22 (tables) and III.1 (instructions).</remarks>
sealed class AssemblyUses
{
    static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xFFFF, code => code.OperandType);

    readonly MetadataReader metadata;
    readonly PEReader file;
    readonly HashSet<(UsedType, UsedType, string?, string)> seen = [];
    readonly List<Use> uses = [];
    UsedType by;

    AssemblyUses(PEReader file) => (this.file, metadata) = (file, file.GetMetadataReader());

    /// <summary>Reads an assembly's file.</summary>
    public static IReadOnlyList<Use> Of(string path)
    {
        using var assembly = new PEReader(File.OpenRead(path));
        var reader = new AssemblyUses(assembly);
        foreach (var handle in reader.metadata.TypeDefinitions) reader.ReadType(handle);
        return reader.uses;
    }

    void ReadType(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        by = Named(handle);

        Mention(type.BaseType);
        foreach (var implementation in type.GetInterfaceImplementations()) Mention(metadata.GetInterfaceImplementation(implementation).Interface);
        Mention(type.GetCustomAttributes());
        Mention(type.GetGenericParameters());
        foreach (var field in type.GetFields().Select(metadata.GetFieldDefinition))
        {
            field.DecodeSignature(new Mentions(this), null);
            Mention(field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties()) Mention(metadata.GetPropertyDefinition(property).GetCustomAttributes());
        foreach (var method in type.GetMethods().Select(metadata.GetMethodDefinition))
        {
            method.DecodeSignature(new Mentions(this), null);
            Mention(method.GetCustomAttributes());
            Mention(method.GetGenericParameters());
            if (method.RelativeVirtualAddress != 0) ReadBody(file.GetMethodBody(method.RelativeVirtualAddress));
        }
    }

    void ReadBody(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil) metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(new Mentions(this), null);
        foreach (var region in body.ExceptionRegions) Mention(region.CatchType);

        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            if (value == 0xFE) value = 0xFE00 | code.ReadByte();
            switch (Operands[value])
            {
                case OperandType.InlineNone: break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar: code.Offset += 1; break;
                case OperandType.InlineVar: code.Offset += 2; break;
                case OperandType.InlineI8 or OperandType.InlineR: code.Offset += 8; break;
                case OperandType.InlineSwitch: var targets = code.ReadInt32(); code.Offset += 4 * targets; break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    Mention(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                default: code.Offset += 4; break;   // branch, 32-bit number, short real, string, signature
            }
        }
    }

    void Mention(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes) Mention(metadata.GetCustomAttribute(attribute).Constructor);
    }

    void Mention(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.Select(metadata.GetGenericParameter).SelectMany(parameter => parameter.GetConstraints()))
            Mention(metadata.GetGenericParameterConstraint(constraint).Type);
    }

    void Mention(EntityHandle handle)
    {
        if (handle.IsNil) return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition: Add(Named((TypeDefinitionHandle)handle)); break;
            case HandleKind.TypeReference: Add(Named((TypeReferenceHandle)handle)); break;
            case HandleKind.TypeSpecification:
                metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(new Mentions(this), null);
                break;
            case HandleKind.MethodDefinition:
                var method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                Add(Named(method.GetDeclaringType()), metadata.GetString(method.Name), method.DecodeSignature(new Mentions(this), null).ParameterTypes);
                break;
            case HandleKind.FieldDefinition:
                var field = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                Add(Named(field.GetDeclaringType()), metadata.GetString(field.Name));
                break;
            case HandleKind.MemberReference:
                var member = metadata.GetMemberReference((MemberReferenceHandle)handle);
                Mention(member.Parent);
                var parameters = member.GetKind() is MemberReferenceKind.Method
                    ? member.DecodeMethodSignature(new Mentions(this), null).ParameterTypes
                    : [member.DecodeFieldSignature(new Mentions(this), null)];
                if (Declaring(member.Parent) is { } type) Add(type, metadata.GetString(member.Name), parameters);
                break;
            case HandleKind.MethodSpecification:
                var instance = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Mention(instance.Method);
                instance.DecodeSignature(new Mentions(this), null);
                break;
        }
    }

    /// <summary>The type that a member belongs to, of a generic type the open one.</summary>
    UsedType? Declaring(EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => Named((TypeReferenceHandle)parent),
        HandleKind.TypeDefinition => Named((TypeDefinitionHandle)parent),
        HandleKind.TypeSpecification => metadata.GetTypeSpecification((TypeSpecificationHandle)parent).DecodeSignature(new Outermost(this), null),
        _ => null,
    };

    void Add(UsedType of, string? member = null, ImmutableArray<string> parameters = default)
    {
        parameters = parameters.IsDefault ? [] : parameters;
        if (seen.Add((by, of, member, string.Join(',', parameters)))) uses.Add(new Use(by, of, member, parameters));
    }

    UsedType Named(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil) type = metadata.GetTypeDefinition(type.GetDeclaringType());
        return new UsedType(metadata.GetString(type.Namespace), Plain(type.Name), Own: true);
    }

    UsedType Named(TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        while (type.ResolutionScope.Kind is HandleKind.TypeReference) type = metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        return new UsedType(metadata.GetString(type.Namespace), Plain(type.Name), Own: false);
    }

    string Plain(StringHandle name) => metadata.GetString(name).Split('`')[0];

    /// <summary>Adds each type of a signature, and gives the signature's outermost type a name.</summary>
    sealed class Mentions(AssemblyUses uses) : ISignatureTypeProvider<string, object?>
    {
        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Added(uses.Named(handle));
        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Added(uses.Named(handle));
        public string GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, context);
        public string GetPrimitiveType(PrimitiveTypeCode code) => code.ToString();
        public string GetGenericInstantiation(string type, ImmutableArray<string> arguments) => type;
        public string GetArrayType(string element, ArrayShape shape) => element + "[]";
        public string GetSZArrayType(string element) => element + "[]";
        public string GetByReferenceType(string element) => element;
        public string GetPointerType(string element) => element;
        public string GetPinnedType(string element) => element;
        public string GetModifiedType(string modifier, string unmodified, bool isRequired) => unmodified;
        public string GetFunctionPointerType(MethodSignature<string> signature) => "*";
        public string GetGenericMethodParameter(object? context, int index) => "T";
        public string GetGenericTypeParameter(object? context, int index) => "T";

        string Added(UsedType type)
        {
            uses.Add(type);
            return type.ToString();
        }
    }

    /// <summary>The type that a specification is an instance of; <see langword="null"/> for an array or a type parameter.</summary>
    sealed class Outermost(AssemblyUses uses) : ISignatureTypeProvider<UsedType?, object?>
    {
        public UsedType? GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => uses.Named(handle);
        public UsedType? GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => uses.Named(handle);
        public UsedType? GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, context);
        public UsedType? GetPrimitiveType(PrimitiveTypeCode code) => null;
        public UsedType? GetGenericInstantiation(UsedType? type, ImmutableArray<UsedType?> arguments) => type;
        public UsedType? GetArrayType(UsedType? element, ArrayShape shape) => null;
        public UsedType? GetSZArrayType(UsedType? element) => null;
        public UsedType? GetByReferenceType(UsedType? element) => element;
        public UsedType? GetPointerType(UsedType? element) => element;
        public UsedType? GetPinnedType(UsedType? element) => element;
        public UsedType? GetModifiedType(UsedType? modifier, UsedType? unmodified, bool isRequired) => unmodified;
        public UsedType? GetFunctionPointerType(MethodSignature<UsedType?> signature) => null;
        public UsedType? GetGenericMethodParameter(object? context, int index) => null;
        public UsedType? GetGenericTypeParameter(object? context, int index) => null;
    }
}
