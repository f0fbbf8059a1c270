/// The release of agentlaunch, in `--version` and in every plan.
enum ProductVersion {
    static let current = "0.1.0"
}
