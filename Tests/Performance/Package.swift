// swift-tools-version: 6.2
import PackageDescription

// A separate package, so that users of the library never resolve the dependencies of the measurements.
let package = Package(
  name: "plantain-performance",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "plantain", path: "../.."),
    // Medians, percentiles, and CPU time of parts of the library, baselines included. Without its traits the
    // package needs no jemalloc, and counts no allocations.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "Base64Benchmarks",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"), .product(name: "Base64", package: "plantain"),
      ],
      path: "Benchmarks/Base64Benchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    .executableTarget(
      name: "PreparationBenchmarks",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"), .product(name: "Plantain", package: "plantain"),
      ],
      path: "Benchmarks/PreparationBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ]
)
