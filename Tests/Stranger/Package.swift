// swift-tools-version: 6.2
import PackageDescription

// A package that uses Plantain as any other would: by address and version. `Tests/stranger` sets the address.
let package = Package(
  name: "stranger",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: Context.environment["PLANTAIN_ADDRESS"] ?? "https://example.com/plantain", from: "0.1.0")
  ],
  targets: [
    .executableTarget(
      name: "stranger",
      dependencies: [
        .product(name: "Plantain", package: "plantain"),
        .product(name: "PlantainSimulator", package: "plantain"),
        // The program that `ImageProcessor.isolated()` starts: it is built beside this one.
        .product(name: "plantain-worker", package: "plantain"),
      ],
      path: "Sources/Stranger")
  ]
)
