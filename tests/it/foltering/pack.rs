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

    /// Kills one with SIGKILL, while another comes.
    pub fn kill_one(&mut self, random: &mut Random) {
        self.exchange_one(random).kill();
        self.killed += 1;
    }

    /// Starts another in the place of one; gives that one, which still runs.
    pub fn exchange_one(&mut self, random: &mut Random) -> Process {
        let place = self.one(random);
        std::mem::replace(&mut self.running[place], (self.begin)())
    }

    /// Kills one with SIGKILL; gives its place and its name.
    pub fn kill_without_another(&mut self, random: &mut Random) -> (usize, String) {
        let place = self.one(random);
        self.running[place].kill();
        self.killed += 1;
        (place, self.running[place].name())
    }

    /// Starts another in the place of one that was killed.
    pub fn start_at(&mut self, place: usize) {
        self.running[place] = (self.begin)();
    }

    fn one(&self, random: &mut Random) -> usize {
        let count = u32::try_from(self.running.len()).expect("few");
        usize::try_from(random.below(count)).expect("small")
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
