//! Whether a history of concurrent operations is linearizable: whether each of them can have happened at one moment between its invocation and
//! its answer, so that all answers are those of one thing that was asked by one client after the other (Herlihy and Wing, 1990).
//!
//! The search is Wing and Gong's (1993) with Lowe's memory (2017). It builds the sequence from the front. Next can only be an operation that
//! was invoked before every other that is left was answered: one that was invoked later has come after that other in real time, too. If the
//! thing, in the state that it has then, would have given the answer that was seen, the operation is placed and the search goes on; where
//! nothing fits, the last one placed is taken back. What is left to do depends on nothing but which operations are placed and what state
//! that led to: a pair that was met before is not tried again. Without that memory the search takes exponential time even where few
//! clients overlap.
//!
//! Linearizability is local: a history of many things is linearizable if the history of each of them is, so each is searched by itself.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;

/// What somebody did and saw.
#[derive(Clone, Debug)]
pub struct Operation<C> {
    /// Who.
    pub client: usize,
    /// A moment before it was sent, by a clock that all clients share and that never stands still.
    pub invoked: u64,
    /// A moment after its answer was there.
    pub answered: u64,
    /// What was asked and what was answered.
    pub call: C,
}

/// A thing that is asked by one client at a time.
pub trait Sequential: Clone + Eq + Hash + Debug {
    /// A question with its answer.
    type Call: Clone + Debug;

    /// What becomes of it when it is asked this; `None` if it would not answer so.
    fn after(&self, call: &Self::Call) -> Option<Self>;
}

/// Which operations are placed, a bit for each.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Placed(Vec<u64>);

impl Placed {
    fn has(&self, operation: usize) -> bool {
        self.0[operation / 64] >> (operation % 64) & 1 == 1
    }

    fn flip(&mut self, operation: usize) {
        self.0[operation / 64] ^= 1 << (operation % 64);
    }
}

/// An operation that is placed, and what there was before it.
struct Step<S> {
    operation: usize,
    before: S,
}

/// Operations one after the other.
pub type Order<S> = Vec<Operation<<S as Sequential>::Call>>;

/// An order in which the operations can have happened one by one; the longest beginning of one where there is none, for people.
pub fn linearize<S: Sequential>(start: S, history: &[Operation<S::Call>]) -> Result<Order<S>, Order<S>> {
    let mut operations = history.to_vec();
    operations.sort_by_key(|operation| operation.invoked);
    let mut placed = Placed(vec![0; operations.len().div_ceil(64)]);
    let mut met: HashSet<(Placed, S)> = HashSet::new();
    let mut steps: Vec<Step<S>> = Vec::new();
    let mut longest: Vec<usize> = Vec::new();
    let mut state = start;
    // From which operation on the next one is looked for: from the first, or behind one that was taken back.
    let mut from = 0;
    loop {
        if steps.len() == operations.len() {
            return Ok(steps.iter().map(|step| operations[step.operation].clone()).collect());
        }
        let next = candidates(&operations, &placed).filter(|operation| *operation >= from).find_map(|operation| {
            let after = state.after(&operations[operation].call)?;
            let mut with_it = placed.clone();
            with_it.flip(operation);
            met.insert((with_it, after.clone())).then_some((operation, after))
        });
        if let Some((operation, after)) = next {
            placed.flip(operation);
            steps.push(Step { operation, before: std::mem::replace(&mut state, after) });
            from = 0;
            if steps.len() > longest.len() {
                longest = steps.iter().map(|step| step.operation).collect();
            }
        } else if let Some(Step { operation, before }) = steps.pop() {
            placed.flip(operation);
            state = before;
            from = operation + 1;
        } else {
            return Err(longest.into_iter().map(|operation| operations[operation].clone()).collect());
        }
    }
}

/// The operations that can come next, of those sorted by invocation.
fn candidates<'a, C>(operations: &'a [Operation<C>], placed: &'a Placed) -> impl Iterator<Item = usize> {
    let left = (0..operations.len()).filter(|operation| !placed.has(*operation));
    // Whoever was answered before an operation was invoked was invoked before it, too, and has been passed already.
    left.scan(u64::MAX, |first_answer, operation| {
        if operations[operation].invoked > *first_answer {
            return None;
        }
        *first_answer = operations[operation].answered.min(*first_answer);
        Some(operation)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A number that is written and read.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    struct Register(u8);

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Access {
        Write(u8),
        Read(u8),
    }

    impl Sequential for Register {
        type Call = Access;

        fn after(&self, call: &Access) -> Option<Self> {
            match *call {
                Access::Write(number) => Some(Self(number)),
                Access::Read(number) => (self.0 == number).then_some(*self),
            }
        }
    }

    use Access::{Read, Write};

    fn history(operations: &[(u64, u64, Access)]) -> Vec<Operation<Access>> {
        let operation = |(client, (invoked, answered, call)): (usize, &(u64, u64, Access))| Operation {
            client,
            invoked: *invoked,
            answered: *answered,
            call: *call,
        };
        operations.iter().enumerate().map(operation).collect()
    }

    fn is_linearizable(operations: &[(u64, u64, Access)]) -> bool {
        linearize(Register(0), &history(operations)).is_ok()
    }

    #[test]
    fn what_overlaps_may_have_happened_in_either_order() {
        assert!(is_linearizable(&[]));
        assert!(is_linearizable(&[(1, 4, Write(1)), (2, 3, Read(0))]));
        assert!(is_linearizable(&[(1, 4, Write(1)), (2, 3, Read(1))]));
        assert!(is_linearizable(&[
            (1, 8, Write(1)),
            (2, 3, Read(0)),
            (4, 7, Write(2)),
            (5, 6, Read(2)),
            (9, 10, Read(1))
        ]));
    }

    #[test]
    fn what_is_over_stays_so() {
        assert!(
            !is_linearizable(&[(1, 2, Write(1)), (3, 4, Read(0))]),
            "an old number, read after a new one was written"
        );
        assert!(!is_linearizable(&[(1, 2, Read(1)), (3, 4, Write(1))]), "a number read before it was written");
        let there_and_back = [(1, 8, Write(1)), (2, 3, Read(1)), (4, 5, Read(0))];
        assert!(
            !is_linearizable(&there_and_back),
            "seen by one, not by the next, though the write is still on its way"
        );
    }

    #[test]
    fn it_is_said_how_far_it_went() {
        let stuck =
            linearize(Register(0), &history(&[(1, 2, Write(1)), (3, 4, Read(1)), (5, 6, Read(0))])).unwrap_err();
        assert_eq!(stuck.iter().map(|operation| operation.call).collect::<Vec<_>>(), [Write(1), Read(1)]);
    }

    /// What the definition says, tried out: whether any order fits.
    fn any_order_fits(state: Register, left: &[(u64, u64, Access)]) -> bool {
        left.is_empty()
            || (0..left.len()).any(|next| {
                let (invoked, _, call) = left[next];
                let in_time = left.iter().all(|(_, answered, _)| *answered > invoked);
                let mut rest = left.to_vec();
                rest.remove(next);
                in_time && state.after(&call).is_some_and(|after| any_order_fits(after, &rest))
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_says_what_trying_every_order_says(
            operations in proptest::collection::vec(
                (0_u64..20, 1_u64..8, prop_oneof![(0_u8..3).prop_map(Write), (0_u8..3).prop_map(Read)]), 0..7)
        ) {
            // No two moments are the same: even ones for questions, odd ones for answers.
            let moments = |(place, (at, length, call)): (usize, (u64, u64, Access))| {
                ((at * 10 + place as u64) * 2, ((at + length) * 10 + place as u64) * 2 + 1, call)
            };
            let operations: Vec<_> = operations.into_iter().enumerate().map(moments).collect();
            prop_assert_eq!(is_linearizable(&operations), any_order_fits(Register(0), &operations));
        }

        #[test]
        fn a_history_with_moments_is_accepted(
            writes in proptest::collection::vec((any::<bool>(), 0_u8..3, 0_u64..9, 0_u64..9), 1..60)
        ) {
            let mut state = 0;
            let of_one = |(place, (writes, number, early, late)): (usize, (bool, u8, u64, u64))| {
                let moment = (place as u64 + 10) * 10;
                if writes {
                    state = number;
                }
                let call = if writes { Write(number) } else { Read(state) };
                (moment - early * 10 - 1, moment + late * 10 + 1, call)
            };
            let operations: Vec<_> = writes.into_iter().enumerate().map(of_one).collect();
            prop_assert!(is_linearizable(&operations));
        }
    }
}
