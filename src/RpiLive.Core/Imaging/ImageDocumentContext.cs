using System.Text.Json.Serialization;

namespace RpiLive.Core.Imaging;

/// <summary>Reads and writes <see cref="ImageDocument"/> without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ImageDocument))]
internal sealed partial class ImageDocumentContext : JsonSerializerContext;
