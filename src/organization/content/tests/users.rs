//! Users and invitations.

use super::*;
use crate::organization::quirks::InactiveLeftOut;

fn status(acme: &Organization, id: &str) -> Vec<UserStatus> {
    acme.read(|books, _| {
        let location = books.content.location(HQ);
        location.users_called(id).into_iter().map(|user| location.user(user).unwrap().status).collect()
    })
}

fn code(acme: &Organization, id: &str) -> String {
    acme.read(|books, _| {
        let location = books.content.location(HQ);
        location.invite_code(location.active_user(id).unwrap())
    })
}

fn events(acme: &Organization, verb: UserVerb, users: Vec<UserFields>) -> ContentEvent {
    let id = acme.write(|books, now| books.manage_users(HQ, verb, users, now)).unwrap();
    finished(acme, &id)
}

fn managed(id: &str, account: &str) -> UserFields {
    UserFields { managed_account: Some(account.to_owned()), ..fields(id) }
}

#[test]
fn the_scenario_has_users_of_every_status() {
    let acme = acme();
    use UserStatus::*;
    for (id, expected) in [("u-0", Retired), ("u-1", Associated), ("u-2", Registered), ("u-3", Associated)] {
        assert_eq!(status(&acme, id), [expected], "{id}");
    }
    acme.read(|books, _| {
        let location = books.content.location(HQ);
        let shown = |id: &str| location.shown(location.users_called(id)[0]);
        assert!(shown("u-1").id_hash.is_some() && shown("u-1").invite_code.is_none());
        assert!(shown("u-2").id_hash.is_none() && shown("u-2").invite_code.is_some_and(|code| code.len() == 32));
        assert!(shown("u-0").id_hash.is_none() && shown("u-0").invite_code.is_none());
        assert_eq!(shown("u-3").id_hash, Some(IdHash::of("kim@acme.example")));
        let number = location.user_number(2);
        assert_eq!((location.numbered_user(number), location.numbered_user(1)), (Some(2), None));
    });
}

#[test]
fn a_managed_account_associates_silently_and_belongs_to_one_user() {
    let acme = acme();
    subscribe(&acme);
    let users = vec![
        managed("u-4", "noor@acme.example"),
        managed("u-5", "Kim@acme.example"),
        managed("u-6", "stranger@elsewhere.example"),
        fields("u-1"),
        fields("u-7"),
    ];
    let event = events(&acme, UserVerb::Create, users);
    assert_eq!((event.state(), event.completed, event.requested), (EventState::Failed, 2, 5));
    for (refusal, id) in [
        (ContentRefusal::AccountTaken, "u-5"),
        (ContentRefusal::AccountUnusable, "u-6"),
        (ContentRefusal::AlreadyRegistered, "u-1"),
    ] {
        assert_eq!(event.failures[&refusal], Affected::users([id]));
    }
    assert_eq!((status(&acme, "u-4"), status(&acme, "u-5")), (vec![UserStatus::Associated], vec![]));
    let notices = notices(&acme);
    assert_eq!(notices.len(), 4, "one for what was done, one for each reason");
    let NoticeBody::UserManagement { users, failure: None, .. } = &notices[0] else { panic!("{notices:?}") };
    assert_eq!((&*users[0].client_user_id, users[0].id_hash), ("u-4", Some(IdHash::of("noor@acme.example"))));
    assert!(users[0].invite_code.is_none() && users[1].invite_code.is_some());
}

#[test]
fn users_are_checked_before_an_event_begins() {
    let acme = acme();
    let email = |email: &str| UserFields { email: Some(email.to_owned()), ..fields("u-9") };
    use ContentRefusal::*;
    for (users, expected) in [
        (vec![], NoUsers),
        ((0..101).map(|number| fields(&number.to_string())).collect(), TooManyUsers),
        (vec![fields("u-9"), fields("u-9")], DuplicateUsers),
        (vec![fields("")], InvalidArgument),
        (vec![email("nobody")], EmailInvalid),
        (vec![email("a b@c")], EmailInvalid),
        (vec![email("a@b@c")], EmailInvalid),
    ] {
        let refused = acme.write(|books, now| books.manage_users(HQ, UserVerb::Create, users, now)).unwrap_err();
        assert_eq!(refused.refusal, expected, "{refused}");
    }
}

#[test]
fn an_update_changes_address_and_account() {
    let acme = acme();
    let update = UserFields { email: Some("two@acme.example".to_owned()), ..managed("u-2", "robin@acme.example") };
    let event = events(&acme, UserVerb::Update, vec![update, fields("u-9")]);
    assert_eq!(event.failures.keys().collect::<Vec<_>>(), [&ContentRefusal::UserNotFound]);
    acme.read(|books, _| {
        let location = books.content.location(HQ);
        let user = location.user(location.active_user("u-2").unwrap()).unwrap();
        assert_eq!((user.email.as_deref(), user.status), (Some("two@acme.example"), UserStatus::Associated));
    });
}

#[test]
fn an_invitation_is_accepted_once() {
    let acme = acme();
    subscribe(&acme);
    let code = code(&acme, "u-2");
    acme.write(|books, now| books.accept_invitation(&code, Some("private@icloud.example"), now)).unwrap();
    assert_eq!(status(&acme, "u-2"), [UserStatus::Associated]);
    let [NoticeBody::UserAssociated { users }] = &notices(&acme)[..] else { panic!("one user associated") };
    assert_eq!(users[0].id_hash, Some(IdHash::of("private@icloud.example")));
    assert_eq!(users[0].invite_code.as_deref(), Some(&*code));
    for code in [code.as_str(), "", "00000000000000000000000000000000"] {
        let again = acme.write(|books, now| books.accept_invitation(code, None, now)).unwrap_err();
        assert_eq!(again.refusal, ContentRefusal::InvitationInvalid);
    }
}

#[test]
fn retiring_frees_apps_and_keeps_books() {
    let acme = acme();
    subscribe(&acme);
    associate(&acme, &[PAGES, GUIDE], &["u-1", "u-2"]);
    notices(&acme);
    let event = events(&acme, UserVerb::Retire, vec![fields("u-1"), fields("u-2"), fields("u-0")]);
    assert_eq!(event.failures[&ContentRefusal::UserNotFound], Affected::users(["u-0"]));
    assert_eq!((counts(&acme, PAGES), counts(&acme, GUIDE)), ((3, 0, 3), (3, 2, 1)));
    let NoticeBody::UserManagement { users, .. } = &notices(&acme)[0] else { panic!("users are told of") };
    assert!(users[0].id_hash.is_some(), "{:?}", users[0]);
    assert!(users[1].invite_code.is_some(), "one who never had an account still has the code: {:?}", users[1]);
    let (all, without) = acme.read(|books, _| {
        let page = |exclude_inactive| {
            let filter = AssignmentFilter { exclude_inactive, ..AssignmentFilter::default() };
            books.content.location(HQ).assignments_page(&filter, 0, 10).unwrap().items.len()
        };
        (page(None), page(Some(InactiveLeftOut::BeforePaging)))
    });
    assert_eq!((all, without), (2, 0));
}

#[test]
fn one_who_never_had_an_account_is_registered_again_in_the_same_record() {
    let acme = acme();
    let event = events(&acme, UserVerb::Create, vec![fields("u-0")]);
    assert_eq!((event.state(), status(&acme, "u-0")), (EventState::Complete, vec![UserStatus::Registered]));
    let again = acme.write(|books, _| (books.register_user(HQ, &fields("u-0")), books.create_user(HQ, &fields("u-0"))));
    assert_eq!(again, (Ok(0), Err(ContentRefusal::AlreadyRegistered)));
}

#[test]
fn one_who_had_an_account_gets_a_new_record_and_the_old_one_back_on_accepting_with_the_same_account() {
    let acme = acme();
    let accept = |account: &str| {
        let code = code(&acme, "u-2");
        acme.write(|books, now| books.accept_invitation(&code, Some(account), now)).unwrap();
    };
    accept("private@icloud.example");
    associate(&acme, &[GUIDE], &["u-2"]);
    events(&acme, UserVerb::Retire, vec![fields("u-2")]);
    events(&acme, UserVerb::Create, vec![fields("u-2")]);
    use UserStatus::*;
    assert_eq!(status(&acme, "u-2"), [Retired, Registered]);
    accept("private@icloud.example");
    assert_eq!(status(&acme, "u-2"), [Associated, Retired]);
    assert!(holds(&acme, GUIDE, &user("u-2")), "the book is the user's again");
    events(&acme, UserVerb::Retire, vec![fields("u-2")]);
    events(&acme, UserVerb::Create, vec![fields("u-2")]);
    assert_eq!(status(&acme, "u-2"), [Retired, Registered], "the record that never had an account comes back");
    accept("other@icloud.example");
    assert_eq!(status(&acme, "u-2"), [Retired, Associated]);
    assert!(!holds(&acme, GUIDE, &user("u-2")), "the book belongs to the account, not to the id");
}

#[test]
fn books_move_to_the_new_record_of_the_same_account() {
    let acme = acme();
    associate(&acme, &[GUIDE], &["u-3"]);
    events(&acme, UserVerb::Retire, vec![fields("u-3")]);
    events(&acme, UserVerb::Create, vec![managed("u-30", "kim@acme.example")]);
    assert!(holds(&acme, GUIDE, &user("u-30")));
    assert_eq!(counts(&acme, GUIDE), (3, 1, 2));
}

#[test]
fn a_user_is_retired_once() {
    let acme = acme();
    let retire = || acme.write(|books, now| books.retire_user(HQ, 0, now));
    assert_eq!(retire(), Err(ContentRefusal::AlreadyRetired), "retired users come first");
    assert_eq!(acme.write(|books, now| books.retire_user(HQ, 99, now)), Err(ContentRefusal::UserNotFound));
}

#[test]
fn what_version_1_does_is_told_where_it_has_no_event_of_its_own() {
    let acme = acme();
    subscribe(&acme);
    let code = acme.write(|books, now| {
        books.register_user(HQ, &fields("u-9")).unwrap();
        books.grant(HQ, AssetVerb::Associate, PAGES, &user("u-9"), now).unwrap();
        books.retire_user(HQ, books.content.location(HQ).active_user("u-1").unwrap(), now).unwrap();
        books.content.location(HQ).invite_code(books.content.location(HQ).active_user("u-9").unwrap())
    });
    assert_eq!(notices(&acme), [], "notices of users and of licences name events, and version 1 has none");
    acme.write(|books, now| books.accept_invitation(&code, None, now)).unwrap();
    assert!(matches!(notices(&acme)[..], [NoticeBody::UserAssociated { .. }]));
}
