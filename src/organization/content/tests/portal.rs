//! Buying, refunding, moving, and taking over.

use super::*;
use serde_json::json;

const NOOR: &str = "noor@acme.example";

fn purchase(
    acme: &Organization,
    location: LocationId,
    title: &Title,
    quantity: u32,
    payment: Payment,
) -> Result<Trade, ContentRefusal> {
    let account = NOOR.to_owned();
    let (pricing, title) = (Pricing::Standard, title.clone());
    let purchase = Purchase { location, title, pricing, quantity, payment, account };
    let bought = acme.write(|books, now| books.purchase(purchase, now));
    acme.read(|books, _| books.content.check().unwrap());
    bought.map_err(|refused| refused.refusal)
}

fn title(adam_id: u64) -> Title {
    Title { price: Money::from_cents(499), ..Title::unknown(adam_id, TitleKind::App) }
}

#[test]
fn what_is_bought_is_there_and_told() {
    let acme = acme();
    subscribe(&acme);
    let trade = purchase(&acme, HQ, &title(9), 20, Payment::Card).unwrap();
    assert_eq!((trade.quantity, trade.amount, trade.kind), (20, Money::from_cents(9_980), TradeKind::Purchase));
    assert_eq!(counts(&acme, AssetKey::standard(9)), (20, 0, 20));
    assert_eq!(notices(&acme), [NoticeBody::AssetCount { asset: AssetKey::standard(9), delta: 20 }]);
    purchase(&acme, HQ, &title(9), 5, Payment::PurchaseOrder).unwrap();
    let history = acme.read(|books, _| books.content.trades.clone());
    let numbers: Vec<_> = history.iter().rev().take(2).map(|trade| (trade.number.as_str(), trade.quantity)).collect();
    assert_eq!(numbers, [("V000000005", 5), ("V000000004", 20)], "behind what the scenario brought");
}

#[test]
fn credit_buys_as_much_as_there_is() {
    let acme = acme();
    assert_eq!(purchase(&acme, HQ, &title(9), 1, Payment::Credit), Err(ContentRefusal::BeyondCredit));
    let balance = acme.write(|books, _| books.add_credit(NOOR, Money::from_cents(1_000)));
    assert_eq!(balance, Money::from_cents(1_000));
    assert_eq!(purchase(&acme, HQ, &title(9), 3, Payment::Credit), Err(ContentRefusal::BeyondCredit));
    purchase(&acme, HQ, &title(9), 2, Payment::Credit).unwrap();
    assert_eq!(acme.read(|books, _| books.content.credit[NOOR]), Money::from_cents(2));
    purchase(&acme, HQ, &Title::unknown(10, TitleKind::App), 100, Payment::Credit).expect("a free app costs nothing");
}

#[test]
fn the_store_of_the_country_has_to_sell_it() {
    let acme = acme();
    let german = Title { storefronts: vec!["DE".to_owned(), "AT".to_owned()], ..title(9) };
    assert_eq!(purchase(&acme, HQ, &german, 1, Payment::Card), Err(ContentRefusal::NotInStorefront));
    purchase(&acme, BRANCH, &german, 1, Payment::Card).unwrap();
    let poland = acme.write(|books, _| books.add_location("Gdynia", "pl")).unwrap();
    let book = Title::unknown(10, TitleKind::Book);
    assert_eq!(purchase(&acme, poland, &book, 1, Payment::Card), Err(ContentRefusal::NotInStorefront));
    purchase(&acme, poland, &title(11), 1, Payment::Card).unwrap();
    let sold_there = Title { storefronts: vec!["PL".to_owned()], ..book };
    purchase(&acme, poland, &sold_there, 1, Payment::Card).unwrap();
}

#[test]
fn a_custom_app_is_for_the_organisation_that_it_was_made_for() {
    let acme = acme();
    let custom = |owner: &str| Title { custom_for: Some(owner.to_owned()), ..title(9) };
    let number = acme.read(|books, _| books.identity.org_id.clone());
    for owner in ["Other Corporation", "1", "somebody@other.example"] {
        let refused = purchase(&acme, HQ, &custom(owner), 1, Payment::Card);
        assert_eq!(refused, Err(ContentRefusal::NotForThisOrganization), "{owner}");
    }
    for owner in ["Acme", &number, "Robin@acme.example"] {
        purchase(&acme, HQ, &custom(owner), 1, Payment::Card).unwrap();
    }
}

#[test]
fn only_what_nobody_holds_is_refunded() {
    let acme = acme();
    subscribe(&acme);
    associate(&acme, &[PAGES], &["u-1"]);
    notices(&acme);
    let refund = |asset, quantity| {
        acme.write(|books, now| books.refund(HQ, asset, quantity, NOOR, now)).map_err(|refused| refused.refusal)
    };
    assert_eq!(refund(PAGES, 3), Err(ContentRefusal::LicensesInUse));
    assert_eq!(refund(PAGES, 0), Err(ContentRefusal::InvalidArgument));
    assert_eq!(refund(AssetKey::standard(9), 1), Err(ContentRefusal::AssetUnknown));
    assert_eq!(refund(FREE, 1), Err(ContentRefusal::WithoutEnd));
    assert_eq!(refund(PAGES, 2).unwrap().kind, TradeKind::Refund);
    let counts = acme.read(|books, _| books.content.location(HQ).asset(PAGES).unwrap().counts());
    assert_eq!(counts, Counts { assigned: 1, available: 0, retired: 2, total: 1 });
    assert_eq!(notices(&acme), [NoticeBody::AssetCount { asset: PAGES, delta: -2 }]);
}

#[test]
fn only_what_nobody_holds_is_moved() {
    let acme = acme();
    associate(&acme, &[PAGES], &["u-1"]);
    let transfer = |to, quantity| {
        let transfer = Transfer { from: HQ, to, asset: PAGES, quantity, account: NOOR.to_owned() };
        let moved = acme.write(|books, now| books.transfer(transfer, now));
        acme.read(|books, _| books.content.check().unwrap());
        moved.map_err(|refused| refused.refusal)
    };
    assert_eq!(transfer(BRANCH, 3), Err(ContentRefusal::LicensesInUse));
    assert_eq!(transfer(HQ, 1), Err(ContentRefusal::InvalidArgument));
    let trade = transfer(BRANCH, 2).unwrap();
    assert_eq!((trade.to, trade.name.as_str()), (Some(BRANCH), "Pages"));
    assert_eq!(counts(&acme, PAGES), (1, 1, 0));
    let there = acme.read(|books, _| books.content.location(BRANCH).asset(PAGES).unwrap().counts());
    assert_eq!((there.total, there.available), (2, 2));
}

#[test]
fn an_asset_may_lose_its_end_and_get_it_back() {
    let acme = acme();
    subscribe(&acme);
    let title = acme.read(|books, _| books.content.title(1).unwrap().clone());
    let set =
        |unlimited| acme.write(|books, now| books.set_unlimited(HQ, title.clone(), Pricing::Standard, unlimited, now));
    set(true);
    set(true);
    associate(&acme, &[PAGES], &["u-1", "A", "B", "C", "D"]);
    assert_eq!(counts(&acme, PAGES), (UNLIMITED, 5, UNLIMITED - 5));
    assert_eq!(purchase(&acme, HQ, &title, 1, Payment::Card), Err(ContentRefusal::WithoutEnd));
    set(false);
    assert_eq!(counts(&acme, PAGES), (5, 5, 0));
    let turns: Vec<_> = notices(&acme).into_iter().filter(|body| body.kind() == Notification::UnlimitedAsset).collect();
    assert_eq!(turns.len(), 2);
}

#[test]
fn no_asset_has_more_licences_than_can_be_counted() {
    let acme = acme();
    assert_eq!(purchase(&acme, HQ, &title(9), 0, Payment::Card), Err(ContentRefusal::TooManyLicenses));
    assert_eq!(purchase(&acme, HQ, &title(9), u32::MAX, Payment::Card), Err(ContentRefusal::TooManyLicenses));
    purchase(&acme, HQ, &title(9), UNLIMITED - 1, Payment::Card).unwrap();
    assert_eq!(purchase(&acme, HQ, &title(9), 1, Payment::Card), Err(ContentRefusal::TooManyLicenses));
}

#[test]
fn counts_show_a_purchase_when_the_lag_is_over() {
    let acme = acme();
    set_quirks(&acme, json!({"count_lag": "1h"}));
    purchase(&acme, HQ, &title(1), 7, Payment::Card).unwrap();
    let shown = || acme.read(|books, _| books.content.location(HQ).asset(PAGES).unwrap().shown());
    assert_eq!((shown().total, shown().available, counts(&acme, PAGES)), (3, 3, (10, 0, 10)));
    acme.advance(Span::from_seconds(3_600));
    assert_eq!((shown().total, shown().available), (10, 10));
}

#[test]
fn the_last_to_claim_a_location_has_it() {
    let acme = acme();
    let info = |name: &str| MdmInfo { id: name.to_owned(), name: name.to_owned(), metadata: String::new() };
    acme.write(|books, now| {
        books.claim_location(HQ, info("first"), now);
        books.claim_location(HQ, info("second"), now);
    });
    acme.read(|books, _| {
        let configuration = &books.content.location(HQ).configuration;
        assert_eq!(configuration.mdm_info, Some(info("second")));
        assert_eq!(configuration.shown_context(), Some("token being used in v2"));
    });
}

#[test]
fn a_configuration_is_checked_and_what_is_absent_stays() {
    let acme = acme();
    subscribe(&acme);
    let text = |text: &str| Some(text.to_owned());
    let change = |change: ConfigurationChange| {
        acme.read(|books, _| books.content.location(HQ).changed_configuration(&change, &books.quirks.limits))
    };
    let none = ConfigurationChange::default();
    let same = change(none.clone()).unwrap();
    assert_eq!(same.notification_types.len(), Notification::ALL.len() - 1, "a test is not subscribed to");
    let cleared = ConfigurationChange { notification_url: text(""), notification_token: text(""), ..none.clone() };
    assert!(!cleared.needs_test() && change(cleared).unwrap().notification_url.is_none());
    use ContentRefusal::*;
    let long = "x".repeat(600);
    for (wrong, expected) in [
        (ConfigurationChange { notification_url: text("https://a.example/"), ..none.clone() }, NotificationIncomplete),
        (ConfigurationChange { notification_token: text("t"), ..none.clone() }, NotificationIncomplete),
        (
            ConfigurationChange {
                notification_url: text("https://a.example/"),
                notification_token: text(&long),
                ..none.clone()
            },
            NotificationTooLong,
        ),
        (
            ConfigurationChange {
                notification_url: text("http://a.example/"),
                notification_token: text("t"),
                ..none.clone()
            },
            NotificationUrlInvalid,
        ),
        (ConfigurationChange { mdm_info: Some((text("a"), text("b"), None)), ..none.clone() }, MdmInfoIncomplete),
        (ConfigurationChange { mdm_info: Some((text(&long), text("b"), text("c"))), ..none.clone() }, MdmIdTooLong),
        (ConfigurationChange { mdm_info: Some((text("a"), text(&long), text("c"))), ..none.clone() }, MdmNameTooLong),
        (
            ConfigurationChange { mdm_info: Some((text("a"), text("b"), text(&long))), ..none.clone() },
            MdmMetadataTooLong,
        ),
    ] {
        assert_eq!(change(wrong.clone()).unwrap_err().refusal, expected, "{wrong:?}");
    }
}

#[test]
fn what_is_lost_while_too_many_wait_to_be_sent_is_said_first_and_once() {
    let acme = acme();
    subscribe(&acme);
    for _ in 0..2_003 {
        purchase(&acme, HQ, &title(9), 1, Payment::Card).unwrap();
    }
    acme.write(|books, now| {
        let Some(NextSending::Lost(told)) = books.next_sending(now) else { panic!("three are lost") };
        assert!(told.failed && told.what.starts_with("3 notifications are lost, the oldest"), "{}", told.what);
        assert_eq!(books.content.deliveries.lost(), 3);
        let Some(NextSending::Send(first)) = books.next_sending(now) else { panic!("the others are sent") };
        assert_eq!(first.delivery, 4);
    });
}
