//! Processes of one role, of which one is killed now and then and another comes.

use klantbeeld::random::Random;

use crate::support::Process;

/// Processes of one role at the same time.
const COUNT: usize = 2;

/// Some processes of one role.
pub struct Pack<'a> {
    begin: Box<dyn Fn() -> Process + Send + 'a>,
    running: Vec<Process>,
    /// How many were killed.
    pub killed: u32,
    /// How many ended by themselves: one that starts while the server recovers gives up.
    pub gave_up: u32,
}

impl<'a> Pack<'a> {
    /// Starts them.
    pub fn start(begin: impl Fn() -> Process + Send + 'a) -> Self {
        let running = (0..COUNT).map(|_| begin()).collect();
        Self { begin: Box::new(begin), running, killed: 0, gave_up: 0 }
    }

    /// Kills one with SIGKILL, and starts another; gives the name of the one that was killed.
    pub fn kill_one(&mut self, random: &mut Random) -> String {
        let count = u32::try_from(self.running.len()).expect("few");
        let one = &mut self.running[usize::try_from(random.below(count)).expect("small")];
        one.kill();
        let name = one.name();
        *one = (self.begin)();
        self.killed += 1;
        name
    }

    /// Starts again what ended by itself, as whoever watches over services does.
    pub fn revive(&mut self) {
        for one in self.running.iter_mut().filter_map(|one| one.has_ended().then_some(one)) {
            *one = (self.begin)();
            self.gave_up += 1;
        }
    }

    /// Those that run.
    pub fn into_running(mut self) -> Vec<Process> {
        self.revive();
        self.running
    }
}
