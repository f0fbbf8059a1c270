/// The program: what was typed goes in, an exit status comes out.
public enum AgentLaunch {
    public static func main() -> Int32 { 0 }
}
