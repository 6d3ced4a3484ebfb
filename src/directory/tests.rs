use super::*;
use crate::clock::wall;

#[test]
fn many_journals_share_the_memory_of_all_and_few_have_their_own() {
    let directory = Directory::new(7);
    let found = |number: usize| {
        let id = format!("org-{number}");
        let plan = Arc::new(OrganizationPlan::default());
        let origin = Origin { plan, content: id.clone(), clock: ClockPlan::default(), began: wall() };
        directory.found(&id, origin).unwrap();
        directory.organizations().iter().map(|organization| organization.journal.memory()).collect::<Vec<usize>>()
    };
    assert_eq!(found(0), [journal::MEMORY]);
    for number in 1..100 {
        let shares = found(number);
        assert!(shares.iter().sum::<usize>() <= JOURNALS, "{number}");
        assert!(shares.iter().all(|share| *share >= JOURNALS / 256), "{number}: {shares:?}");
    }
}
