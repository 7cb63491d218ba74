/// Whether a request was billed: certainly not, certainly, or possibly.
public enum Billing: String, Sendable { case no, yes, unknown }
