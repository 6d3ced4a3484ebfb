//! The configuration of the service, and that of a location's client.

use serde::Serialize;

use super::Call;
use super::answer::Answer;
use super::errors::{self, Refused};
use super::links::Links;
use crate::apple::{apps, invitation};
use crate::clock::Timestamp;
use crate::organization::content::{LegacyClient, LegacyClientChange};
use crate::organization::{Books, Organization};

/// Names of URLs with the services that they lead to. Two are listed that were removed long ago.
const URLS: [(&str, &str); 12] = [
    ("associateLicenseSrvUrl", "associateVPPLicenseSrv"),
    ("clientConfigSrvUrl", "VPPClientConfigSrv"),
    ("disassociateLicenseSrvUrl", "disassociateVPPLicenseSrv"),
    ("editUserSrvUrl", "editVPPUserSrv"),
    ("getAssignmentsSrvUrl", "getAssignments"),
    ("getLicensesSrvUrl", "getVPPLicensesSrv"),
    ("getUserSrvUrl", "getVPPUserSrv"),
    ("getUsersSrvUrl", "getVPPUsersSrv"),
    ("getVPPAssetsSrvUrl", "getVPPAssetsSrv"),
    ("manageVPPLicensesByAdamIdSrvUrl", "manageVPPLicensesByAdamIdSrv"),
    ("registerUserSrvUrl", "registerVPPUserSrv"),
    ("retireUserSrvUrl", "retireVPPUserSrv"),
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Code {
    error_message: &'static str,
    error_number: u16,
}

/// `VPPServiceConfigSrv`.
pub fn service(organization: Option<&Organization>, links: &Links) -> Answer {
    let quirks =
        organization.map(|organization| organization.read(|books, _| books.quirks.clone())).unwrap_or_default();
    let code = |(error_number, error_message)| Code { error_message, error_number };
    let codes: Vec<_> = errors::listed(quirks.v1_texts).map(code).collect();
    let mut answer = Answer::default();
    for (name, service) in URLS {
        answer = answer.with(name, links.at(apps::HOST, &format!("/mdm/{service}")));
    }
    let invitation = format!("{}?cc=us&inviteCode=%25inviteCode%25&mt=8", invitation::PATH);
    let lookup = "/WebObjects/MZStorePlatform.woa/wa/lookup";
    answer
        .with("contentMetadataLookupUrl", links.at("uclient-api.itunes.apple.com", lookup))
        .with("errorCodes", codes)
        .with("invitationEmailUrl", links.at(invitation::HOST, &invitation))
        .with("maxBatchAssociateLicenseCount", quirks.limits.max_batch_associate_license_count)
        .with("maxBatchDisassociateLicenseCount", quirks.limits.max_batch_disassociate_license_count)
        .with("vppWebsiteUrl", links.at(apps::HOST, "/"))
}

/// `VPPClientConfigSrv`: reads, or notes what is given.
pub fn client(call: &Call<'_>) -> Result<Answer, Refused> {
    let given = |name| Ok::<_, Refused>(call.arguments.given(name)?.map(str::to_owned));
    let change = LegacyClientChange {
        context: given("clientContext")?,
        apn_token: given("apnToken")?,
        notification_token: given("notificationToken")?,
        notification_url: given("notificationUrl")?,
    };
    let is_verbose = call.arguments.flag("verbose")?;
    if change == LegacyClientChange::default() {
        return call.place.organization.read(|books, now| Ok(shown(call, books, now, is_verbose)));
    }
    call.place.organization.write(|books, now| {
        call.check_token(books, true, now)?;
        let location = books.content.location_mut(call.place.location);
        location.configuration.note_legacy(&change)?;
        Ok(shown(call, books, now, is_verbose))
    })
}

fn shown(call: &Call<'_>, books: &Books, now: Timestamp, is_verbose: bool) -> Answer {
    let location = books.content.location(call.place.location);
    let account = location.tokens.get(call.place.token).map(|token| token.account.as_str());
    let LegacyClient { apn_token, notification_token, notification_url } = &location.configuration.legacy;
    let default_platform = match books.identity.kind {
        "edu" => "volumestore",
        _ => "enterprisestore",
    };
    call.begin(books, now)
        .with_some("apnToken", apn_token.as_deref())
        .with_some("appleId", account.filter(|_| is_verbose))
        .with("countryCode", &location.country)
        .with("defaultPlatform", default_platform)
        .with_some("email", account)
        .with_some("notificationToken", notification_token.as_deref())
        .with_some("notificationUrl", notification_url.as_deref())
        .with_some("organizationId", books.identity.org_id.parse::<i64>().ok())
        .with("organizationIdHash", &books.identity.org_id_hash)
}
