//! The sink: order, batches, readers who do not read.

use std::sync::mpsc;

use super::*;

/// Long enough for any machine; a test that waits so long fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// An output that somebody reads, or does not.
struct Paper {
    written: Arc<Mutex<Vec<u8>>>,
    writes: Arc<Mutex<usize>>,
    gate: Option<mpsc::Receiver<()>>,
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(gate) = &self.gate {
            let _ = gate.recv();
        }
        self.written.lock().extend_from_slice(bytes);
        *self.writes.lock() += 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Written = Arc<Mutex<Vec<u8>>>;

fn sink(gate: Option<mpsc::Receiver<()>>) -> (Sink, Written, Arc<Mutex<usize>>) {
    let (written, writes) = (Arc::default(), Arc::default());
    let paper = Paper { written: Arc::clone(&written), writes: Arc::clone(&writes), gate };
    (Sink::new(paper), written, writes)
}

fn add(sink: &Sink, text: &str) {
    sink.line(|line, _| line.extend_from_slice(format!("{text}\n").as_bytes()));
}

#[test]
fn lines_of_everybody_are_written_in_their_order_and_many_at_once() {
    let (mut sink, written, writes) = sink(None);
    for number in 0..2_000 {
        if number % 2 == 0 {
            add(&sink, &number.to_string());
        } else {
            writeln!(sink, "{number}").unwrap();
        }
    }
    sink.flush(PATIENCE);
    let expected: String = (0..2_000).map(|number| format!("{number}\n")).collect();
    assert_eq!(String::from_utf8(written.lock().clone()).unwrap(), expected);
    assert!(*writes.lock() < 500, "{} writes", writes.lock());
}

#[test]
fn a_line_is_written_without_anybody_asking() {
    let (sink, written, _) = sink(None);
    let watch = Stopwatch::start();
    for number in 1..=3 {
        add(&sink, "line");
        while written.lock().len() < number * 5 {
            assert!(watch.elapsed() < PATIENCE, "line {number} is not there");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn who_does_not_read_holds_nobody_up_and_is_told_what_was_missed() {
    let (open, gate) = mpsc::channel();
    let (sink, written, _) = sink(Some(gate));
    let long = "x".repeat(1_000);
    for _ in 0..12_000 {
        add(&sink, &long);
    }
    let dropped = sink.dropped();
    assert!((3_000..9_000).contains(&dropped), "four megabytes may wait, and as many be written: {dropped}");
    let watch = Stopwatch::start();
    sink.flush(Duration::from_millis(20));
    assert!(watch.elapsed() < PATIENCE, "the end does not wait for ever");
    drop(open);
    sink.flush(PATIENCE);
    let text = String::from_utf8(written.lock().clone()).unwrap();
    // In one line or in several: the thread may have begun to write in the midst of it.
    let told = text.lines().filter_map(|line| line.strip_prefix('(')?.split_once(" lines of the log were dropped"));
    assert_eq!(told.map(|(count, _)| count.parse::<u64>().unwrap()).sum::<u64>(), dropped);
    assert_eq!(text.matches(&long).count() as u64, 12_000 - dropped);
}

#[test]
fn a_time_has_microseconds() {
    let (sink, written, _) = sink(None);
    sink.line(|line, time| line.extend_from_slice(time));
    sink.flush(PATIENCE);
    let text = String::from_utf8(written.lock().clone()).unwrap();
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
}
