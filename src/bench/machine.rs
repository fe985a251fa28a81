//! What the machine is, and how much memory this process took; on Linux, elsewhere nothing.

use std::fs;
use std::time::Duration;

/// How often a second the kernel counts processor time, on every Linux.
const TICKS_PER_SECOND: u32 = 100;

/// One line with the processor, its cores and the memory.
pub(super) fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let find = |path: &str, name: &str| {
        let text = fs::read_to_string(path).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = find("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let memory = find("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".to_owned());
    format!(
        "Processor: {model}, {cores} cores. Memory: {memory}. klantbeeld and PostgreSQL share it.\n"
    )
}

/// What the machine had to do in the last minute, as the kernel counts it.
pub(super) fn load() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next().map(str::to_owned)
}

/// The most memory that this process had since [`forget_peak`].
pub(super) fn peak_kib() -> Option<u64> {
    peak_kib_of(std::process::id())
}

/// Begins to look for the most memory anew.
pub(super) fn forget_peak() {
    // Where it is refused, the peak is that of the whole run: too high, never too low.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// What the kernel tells of a process.
struct Process {
    parent: u32,
    /// Processor time that it took.
    own: u64,
    /// Processor time of its children that have ended.
    ended: u64,
}

impl Process {
    fn read(pid: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name may have spaces in it, and ends with the last parenthesis.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |place: usize| fields.get(place)?.parse::<u64>().ok();
        let parent = fields.get(1)?.parse().ok()?;
        Some(Self { parent, own: ticks(11)? + ticks(12)?, ended: ticks(13)? + ticks(14)? })
    }
}

/// Processes with this parent.
fn children(parent: u32) -> impl Iterator<Item = (u32, Process)> {
    let entries = fs::read_dir("/proc").ok().into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| Some((pid, Process::read(pid)?)))
        .filter(move |(_, one)| one.parent == parent)
}

fn duration(ticks: u64) -> Duration {
    Duration::from_secs(ticks) / TICKS_PER_SECOND
}

/// The processor time that a process and its children took so far.
pub(super) fn time_of(pid: u32) -> Option<Duration> {
    let own = Process::read(pid)?;
    let living: u64 = children(pid).map(|(_, one)| one.own).sum();
    Some(duration(own.own + own.ended + living))
}

/// The processor time that a PostgreSQL server took so far, with all its processes; `backend` is one
/// of those. None when the server is on another machine.
pub(super) fn server_time(backend: u32) -> Option<Duration> {
    time_of(Process::read(backend)?.parent)
}

/// The processor time that this process and a PostgreSQL server took so far.
pub(super) fn processor_time(backend: u32) -> Option<Duration> {
    Some(server_time(backend)? + duration(Process::read(std::process::id())?.own))
}

/// The most memory that a process and its children had, added up.
pub(super) fn peak_kib_of(pid: u32) -> Option<u64> {
    let peak = |pid: u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
    };
    Some(peak(pid)? + children(pid).filter_map(|(pid, _)| peak(pid)).sum::<u64>())
}
