//! Buffers that large answers are written into, used again.
//!
//! Memory that comes fresh from the system costs a page fault every 4 KiB, which is more than writing a page of devices into it, and the allocator
//! gives large pieces back to the system as soon as they are free. A sheet that was just sent, on the other hand, is still in the processor's cache.

use std::cell::RefCell;

use bytes::Bytes;

/// Smaller ones are no trouble.
const LARGE: usize = 8 * 1024;
/// How many a thread keeps.
const MOST: usize = 4;
/// The largest that is kept, in bytes.
const LARGEST: usize = 1024 * 1024;

thread_local! {
    /// The one that was used last is on top. What a thread has written on is in the cache of its own processor, and in no other's.
    static STACK: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// An empty buffer with room for `capacity` bytes.
pub fn sheet(capacity: usize) -> Vec<u8> {
    let used = if capacity < LARGE { None } else { fitting(capacity) };
    used.unwrap_or_else(|| Vec::with_capacity(capacity))
}

/// What was written on a sheet. When nobody has it any more, the sheet is used again.
pub fn sent(sheet: Vec<u8>) -> Bytes {
    if (LARGE..=LARGEST).contains(&sheet.capacity()) { Bytes::from_owner(Sheet(sheet)) } else { sheet.into() }
}

/// The newest that is large enough, and not far too large.
fn fitting(capacity: usize) -> Option<Vec<u8>> {
    let fits = |sheet: &Vec<u8>| (capacity..=capacity.saturating_mul(2)).contains(&sheet.capacity());
    STACK.with_borrow_mut(|stack| {
        let place = stack.iter().rposition(fits)?;
        Some(stack.remove(place))
    })
}

/// A buffer that goes back to where it came from.
struct Sheet(Vec<u8>);

impl AsRef<[u8]> for Sheet {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        let mut sheet = std::mem::take(&mut self.0);
        sheet.clear();
        // A thread that ends keeps none.
        _ = STACK.try_with(|stack| {
            let mut stack = stack.borrow_mut();
            if stack.len() >= MOST {
                stack.remove(0);
            }
            stack.push(sheet);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A size that no other test asks for.
    const ODD: usize = 777_777;

    #[test]
    fn what_was_sent_is_written_on_again_by_one() {
        let mut sheet = sheet(ODD);
        sheet.extend_from_slice(&[b'x'; 600_000]);
        let place = sheet.as_ptr();
        drop(sent(sheet));
        let (again, another) = (super::sheet(ODD), super::sheet(ODD));
        assert!(again.is_empty() && again.capacity() >= ODD);
        assert_eq!(again.as_ptr(), place);
        assert_ne!(another.as_ptr(), place, "somebody writes there");
    }

    #[test]
    fn what_somebody_still_reads_is_not_written_over() {
        let first = sent(vec![b'x'; 888_888]);
        let second = first.slice(1..);
        drop(first);
        let sheet = sheet(888_888);
        assert_ne!(sheet.as_ptr(), second.as_ptr().wrapping_sub(1));
        assert!(second.iter().all(|byte| *byte == b'x'));
    }
}
