import AgentLaunchCore
import Glibc

exit(AgentLaunch.main())
