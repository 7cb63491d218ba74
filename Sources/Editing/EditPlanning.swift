import Core
import Gateways
import Ledger
import Submission

/// Plans of edits: everything that is done before sending, and nothing is sent.
extension Editor {
  /// Plans an edit for the first route: does all the local work, and returns what would be sent and its
  /// price. Opens no socket, writes no file and needs no key.
  ///
  /// - Parameters:
  ///   - prompt: as in `edit`.
  ///   - references: as in `edit`. References by URL are not fetched.
  ///   - options: the options of the edit. Default: `EditOptions()`.
  ///   - watch: receives the progress events of the preparation. Default: ignores them.
  /// - Throws: the same errors as `edit` up to the point of sending.
  public func plan(
    _ prompt: String, references: [Reference], options: EditOptions = EditOptions(),
    watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditPlan {
    let references = try await references.readingStandardInput()
    let job = try EditJob(prompt, references, options, .none, watch)
    let routes = try resolve(job)
    let paidFor = try await requireNoEqual(prompt, references, options)
    var options = options
    if store.exists { options.knownJobs = Set(try await keys(of: prompt, references, options).map(\.text)) }
    var plan = try await plan(try EditJob(prompt, references, options, .none, watch), by: routes)
    plan.paidFor = paidFor ?? plan.paidFor
    return plan
  }

  /// Plans an edit without regard to earlier edits with its job key.
  ///
  /// - Throws: as `edit`, where it sends nothing because of an equal request whose outcome is unknown.
  package func plan(_ job: EditJob) async throws(PlantainError) -> EditPlan {
    try await plan(job, by: resolve(job))
  }

  private func plan(
    _ job: EditJob, by routes: [ResolvedRoute]
  ) async throws(PlantainError) -> EditPlan {
    var plan = try await plan(job, by: routes[0])
    plan.paidFor = try await store.paidEqual(of: plan, job)
    plan.dearest = dearestPrice(of: routes)
    if let (price, gateway) = plan.dearest {
      try job.options.spending.check(price, count: job.options.requestedCount, "the model", gateway)
      try await store.check(plan, within: job.options.spending)
    }
    return plan
  }

  /// The highest price of a picture among the routes; `nil` where none is known.
  private func dearestPrice(of routes: [ResolvedRoute]) -> (price: Price, gateway: String)? {
    var dearest: (price: Price, gateway: String)?
    for route in routes {
      guard let price = route.options.price else { continue }
      if let known = dearest?.price, known.money.millionths >= price.money.millionths { continue }
      dearest = (price, route.route.gateway.id)
    }
    return dearest
  }

  package func plan(_ job: EditJob, by route: ResolvedRoute) async throws(PlantainError) -> EditPlan {
    try await store.requireWritable(job)
    try resolve.check(job, route)
    let plan = try await prepare(job, route, isDry: true).plan
    try await store.check(plan, within: job.options.spending)
    return plan
  }

  /// Foresees what an equal earlier edit means for this one. Asks no gateway, and creates no ledger.
  ///
  /// - Returns: the id of an equal edit that is paid for, whose result would be fetched before anything is
  ///   sent; `nil` if there is none.
  /// - Throws: as `edit`, where it sends nothing because of an equal edit.
  func requireNoEqual(
    _ prompt: String, _ references: [Reference], _ options: EditOptions
  ) async throws(PlantainError) -> String? {
    guard store.exists else { return nil }
    let keys = try await keys(of: prompt, references, options).map(\.text)
    let pictures = try await store.pictures(
      ofJob: keys, count: options.count, options.sendsAgain ? .yes : .no)
    if !pictures.isUnderWay, let paid = pictures.fetchable.first { return paid.id }
    try pictures.requireNoOpenEqual()
    return nil
  }
}
