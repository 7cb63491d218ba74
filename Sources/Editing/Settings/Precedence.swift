/// Returns the value of a setting that several places may state: the command line before a manifest, then the
/// environment, the configuration, and last the default.
///
/// Every setting with more than one place is read through this function. An argument that is left out is a
/// place that cannot state the setting; `nil`, one that does not.
///
/// - Returns: `nil` when no place states it.
package func mostSpecific<Value>(
  commandLine: Value? = nil, manifest: Value? = nil, environment: Value? = nil, configuration: Value? = nil,
  byDefault usual: Value? = nil
) -> Value? {
  commandLine ?? manifest ?? environment ?? configuration ?? usual
}
