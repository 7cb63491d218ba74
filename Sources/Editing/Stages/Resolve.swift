import Gateways

/// Stage 1: checks an edit against every route, so that an option that one of them lacks is reported before
/// any route is tried, and resolves its options for each.
struct Resolve: Sendable {
  let routes: [Route]

  /// - Returns: the routes, with the options of the job resolved for each.
  func callAsFunction(_ job: EditJob) throws(PlantainError) -> [ResolvedRoute] {
    try routes.map { route throws(PlantainError) in
      try RequestCheck.check(job.prompt, job.references, job.options, route.gateway)
      let resolved = try ResolvedRoute(job.options, for: route)
      try requireComparable(job, resolved)
      return resolved
    }
  }

  /// Checks a job against a route that was resolved before.
  ///
  /// Not inlined, like others here: its values would enlarge the async frame of every edit that waits.
  @inline(never)
  func check(_ job: EditJob, _ resolved: ResolvedRoute) throws(PlantainError) {
    try RequestCheck.check(job.prompt, job.references, job.options, resolved.route.gateway)
    try requireComparable(job, resolved)
  }

  private func requireComparable(_ job: EditJob, _ resolved: ResolvedRoute) throws(PlantainError) {
    try job.options.spending.requireComparable(
      resolved.options.price, resolved.options.model.id, resolved.route.gateway.id)
  }
}
