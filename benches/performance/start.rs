//! How long it takes from `exec` until a client is answered.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use abmsim::clock::Stopwatch;

use crate::product::{complaints, spawn};
use crate::report::{Goal, Report, quantity};
use crate::sample::Sample;
use crate::scenario;
use crate::{Effort, Failure};

const POLL: Duration = Duration::from_micros(300);
const PATIENCE: Duration = Duration::from_secs(60);

pub fn measure(effort: &Effort, report: &mut Report) -> Result<(), Failure> {
    let few = effort.starts.div_ceil(3);
    let empty = scenario::empty();
    measure_one(report, "an empty organisation", &empty, false, effort.starts, Goal::AtMost(15.0))?;
    measure_one(report, "the same, making certificates", &empty, true, effort.starts, Goal::AtMost(15.0))?;
    let generated = |count| scenario::generated(count, true);
    measure_one(report, "1,000 devices", &generated(1_000), false, effort.starts, Goal::AtMost(25.0))?;
    measure_one(report, "1,000,000 devices", &generated(1_000_000), false, few, Goal::AtMost(400.0))?;
    let listed = scenario::listed(100_000);
    measure_one(report, "100,000 devices, a line of YAML each", &listed, false, few, Goal::AtMost(1_000.0))
}

fn measure_one(
    report: &mut Report,
    name: &str,
    text: &str,
    fresh: bool,
    starts: usize,
    goal: Goal,
) -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let scenario = dir.path().join("scenario.yaml");
    fs::write(&scenario, text)?;
    let certificates = dir.path().join("certificates");
    // Not counted: it makes the certificates and brings the binary into memory.
    start(&scenario, &certificates)?;
    let mut times = Vec::new();
    for _ in 0..starts {
        if fresh {
            fs::remove_dir_all(&certificates)?;
        }
        times.push(start(&scenario, &certificates)?.as_secs_f64() * 1e3);
    }
    let times = Sample::new(times);
    let detail = format!("least {}", quantity(times.least(), "ms"));
    report.note(name, times.median(), "ms", Some(goal), &detail);
    Ok(())
}

/// Starts a simulator, and ends it when it has answered.
fn start(scenario: &Path, certificates: &Path) -> Result<Duration, Failure> {
    // Free a moment ago, and it would be bad luck if it were not any more.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let clock = Stopwatch::start();
    let mut process = spawn(scenario, certificates, address)?;
    let time = loop {
        if is_ready(address) {
            break Ok(clock.elapsed());
        }
        if process.try_wait()?.is_some() || clock.elapsed() > PATIENCE {
            break Err(format!("the simulator does not come up: {}", complaints(certificates)).into());
        }
        sleep(POLL);
    };
    _ = process.kill();
    _ = process.wait();
    time
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /_sim/ready HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok::<_, std::io::Error>(status)
    };
    ask().is_ok_and(|status| status == *b"HTTP/1.1 200")
}
