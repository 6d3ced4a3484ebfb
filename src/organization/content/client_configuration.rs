//! What an MDM server has told a location of itself.

use std::net::IpAddr;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};

use super::{ContentRefusal, ContentRefused, Limits, Location, refused_address};

/// Who manages a location, by its own account: `mdmInfo`. The last one to write it wins; to notice another's is the client's duty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MdmInfo {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whatever else it wants to keep there.
    pub metadata: String,
}

/// What a notification is about: `notificationType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Notification {
    /// A test. Nobody subscribes to it, everybody gets it.
    TestNotification,
    /// Assets were associated, disassociated or revoked.
    AssetManagement,
    /// Users were created, updated or retired.
    UserManagement,
    /// A user accepted the invitation.
    UserAssociated,
    /// Licences were bought, refunded or moved.
    AssetCount,
    /// Subscriptions were associated or disassociated.
    SubscriptionManagement,
    /// Subscriptions were bought, or renewed, or ended.
    SubscriptionCount,
    /// An asset has no end any more, or has one again.
    UnlimitedAsset,
}

impl Notification {
    /// All, in the order of Apple's list.
    pub const ALL: [Self; 8] = [
        Self::TestNotification,
        Self::AssetManagement,
        Self::UserManagement,
        Self::UserAssociated,
        Self::AssetCount,
        Self::SubscriptionManagement,
        Self::SubscriptionCount,
        Self::UnlimitedAsset,
    ];

    /// Apple's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TestNotification => "TEST_NOTIFICATION",
            Self::AssetManagement => "ASSET_MANAGEMENT",
            Self::UserManagement => "USER_MANAGEMENT",
            Self::UserAssociated => "USER_ASSOCIATED",
            Self::AssetCount => "ASSET_COUNT",
            Self::SubscriptionManagement => "SUBSCRIPTION_MANAGEMENT",
            Self::SubscriptionCount => "SUBSCRIPTION_COUNT",
            Self::UnlimitedAsset => "UNLIMITED_ASSET",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notification| notification.name() == name)
    }
}

/// What clients have set at a location.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientConfiguration {
    /// Who manages the location; `None` until somebody says so.
    pub mdm_info: Option<MdmInfo>,
    /// Where notifications go.
    pub notification_url: Option<String>,
    /// What they carry as proof. Told to every client in clear, as Apple does.
    pub notification_token: Option<String>,
    /// Which of them.
    pub notification_types: Vec<Notification>,
    /// `clientContext` of version 1: a text of up to 255 characters.
    pub client_context: Option<String>,
    /// Whether version 2 was ever used: then `clientContext` says so, whatever was there.
    pub used_by_v2: bool,
    /// What else clients of version 1 have noted.
    #[serde(default)]
    pub legacy: LegacyClient,
}

/// What clients of version 1 can note, beside `clientContext`. It is told to whoever asks, and serves nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegacyClient {
    /// `apnToken`.
    pub apn_token: Option<String>,
    /// `notificationToken`.
    pub notification_token: Option<String>,
    /// `notificationUrl`.
    pub notification_url: Option<String>,
}

/// What a client of version 1 wants to note. What is absent stays; an empty text clears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegacyClientChange {
    /// `clientContext`.
    pub context: Option<String>,
    /// `apnToken`.
    pub apn_token: Option<String>,
    /// `notificationToken`.
    pub notification_token: Option<String>,
    /// `notificationUrl`.
    pub notification_url: Option<String>,
}

/// What a client wants to set. What is absent stays; an empty text or list clears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigurationChange {
    /// Id, name and metadata, each where it was given.
    pub mdm_info: Option<(Option<String>, Option<String>, Option<String>)>,
    /// Where notifications go.
    pub notification_url: Option<String>,
    /// What they carry.
    pub notification_token: Option<String>,
    /// Which of them: the complete list.
    pub notification_types: Option<Vec<Notification>>,
}

/// What `clientContext` says once version 2 was used.
const USED_BY_V2: &str = "token being used in v2";

/// The bytes that `clientContext` stays below.
const CONTEXT: usize = 256;

impl ClientConfiguration {
    /// `clientContext` as version 1 tells it.
    pub fn shown_context(&self) -> Option<&str> {
        if self.used_by_v2 { Some(USED_BY_V2) } else { self.client_context.as_deref() }
    }

    /// Notes what a client of version 1 says. A `clientContext` stays unseen where version 2 was used.
    pub fn note_legacy(&mut self, change: &LegacyClientChange) -> Result<(), ContentRefused> {
        let refused = |refusal, why: String| Err(ContentRefused::new(refusal, why));
        let length = change.context.as_ref().map_or(0, String::len);
        if length >= CONTEXT {
            let why = format!("clientContext has {length} bytes, and fewer than {CONTEXT} are allowed");
            return refused(ContentRefusal::InvalidArgument, why);
        }
        if let Some(token) = change.apn_token.as_deref().filter(|token| BASE64_STANDARD.decode(token).is_err()) {
            return refused(ContentRefusal::ApnTokenInvalid, format!("apnToken is `{token}`, which is no base64"));
        }
        let LegacyClient { apn_token, notification_token, notification_url } = &mut self.legacy;
        for (noted, given) in [
            (&mut self.client_context, &change.context),
            (apn_token, &change.apn_token),
            (notification_token, &change.notification_token),
            (notification_url, &change.notification_url),
        ] {
            if let Some(given) = given {
                *noted = Some(given.clone()).filter(|given| !given.is_empty());
            }
        }
        Ok(())
    }

    /// Whether a notification of this kind is to be sent.
    pub fn wants(&self, kind: Notification) -> bool {
        self.notification_url.is_some() && self.notification_types.contains(&kind)
    }
}

impl ConfigurationChange {
    /// Whether the notification address has to prove itself with a test before this is accepted.
    pub fn needs_test(&self) -> bool {
        let is_given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        is_given(&self.notification_url) || is_given(&self.notification_token)
    }
}

impl Location {
    /// The configuration that a change would make, if it can be made. Where [`ConfigurationChange::needs_test`], its address has to be
    /// tried before it is set.
    pub fn changed_configuration(
        &self,
        change: &ConfigurationChange,
        limits: &Limits,
    ) -> Result<ClientConfiguration, ContentRefused> {
        let mut changed = self.configuration.clone();
        if let Some((id, name, metadata)) = &change.mdm_info {
            changed.mdm_info = Some(mdm_info(id, name, metadata, limits)?);
        }
        check_notification(change, limits)?;
        let cleared = |text: &String| (!text.is_empty()).then(|| text.clone());
        if let Some(url) = &change.notification_url {
            changed.notification_url = cleared(url);
        }
        if let Some(token) = &change.notification_token {
            changed.notification_token = cleared(token);
        }
        if let Some(types) = &change.notification_types {
            let mut types: Vec<Notification> = types.clone();
            types.retain(|kind| *kind != Notification::TestNotification);
            types.sort_unstable();
            types.dedup();
            changed.notification_types = types;
        }
        Ok(changed)
    }
}

fn mdm_info(
    id: &Option<String>,
    name: &Option<String>,
    metadata: &Option<String>,
    limits: &Limits,
) -> Result<MdmInfo, ContentRefused> {
    use ContentRefusal::{MdmIdTooLong, MdmInfoIncomplete, MdmMetadataTooLong, MdmNameTooLong};
    let (Some(id), Some(name), Some(metadata)) = (id.clone(), name.clone(), metadata.clone()) else {
        return Err(ContentRefused::new(MdmInfoIncomplete, "mdmInfo needs id, name and metadata together"));
    };
    for (refusal, what, text, most) in [
        (MdmIdTooLong, "id", &id, limits.max_mdm_id_length),
        (MdmNameTooLong, "name", &name, limits.max_mdm_name_length),
        (MdmMetadataTooLong, "metadata", &metadata, limits.max_mdm_metadata_length),
    ] {
        let length = text.chars().count();
        if length > most as usize {
            let why = format!("mdmInfo.{what} has {length} characters, and {most} are allowed");
            return Err(ContentRefused::new(refusal, why));
        }
    }
    Ok(MdmInfo { id, name, metadata })
}

fn check_notification(change: &ConfigurationChange, limits: &Limits) -> Result<(), ContentRefused> {
    let (url, token) = (change.notification_url.as_deref(), change.notification_token.as_deref());
    let is_empty = |text: Option<&str>| text.is_none_or(str::is_empty);
    if is_empty(url) != is_empty(token) {
        let why = "notificationUrl and notificationAuthToken come together or not at all";
        return Err(ContentRefused::new(ContentRefusal::NotificationIncomplete, why));
    }
    for text in [url, token].into_iter().flatten() {
        let length = text.chars().count();
        if length > limits.max_notification_length as usize {
            let why = format!(
                "a notification URL or token has {length} characters, and {} are allowed",
                limits.max_notification_length
            );
            return Err(ContentRefused::new(ContentRefusal::NotificationTooLong, why));
        }
    }
    match url.filter(|url| !url.is_empty()) {
        Some(url) => check_url(url).map_err(|why| ContentRefused::new(ContentRefusal::NotificationUrlInvalid, why)),
        None => Ok(()),
    }
}

/// Whether notifications may go to `url`: https, host and path only, and not to where machines keep their own secrets.
fn check_url(url: &str) -> Result<(), String> {
    let parsed: http::Uri = url.parse().map_err(|_| format!("`{url}` is no URL"))?;
    if parsed.scheme_str() != Some("https") {
        return Err(format!("`{url}` is not https"));
    }
    if url.contains(['?', '#']) {
        return Err(format!("`{url}` has a query or a fragment, and only host and path are allowed"));
    }
    let authority = parsed.authority().ok_or_else(|| format!("`{url}` names no host"))?;
    let host = authority.host();
    if host.is_empty() || authority.as_str().contains('@') {
        return Err(format!("`{url}` names no host, or a user beside it"));
    }
    let is_refused = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => refused_address(address).is_some(),
        Err(_) => host.eq_ignore_ascii_case("metadata.google.internal"),
    };
    if is_refused {
        return Err(format!("`{url}` leads to a link-local or metadata address"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifications_go_to_https_addresses_that_are_not_the_machines_own() {
        for url in
            ["https://mdm.example.test/hook", "https://localhost:8443/a/b", "https://127.0.0.1:1/", "https://[::1]:9/"]
        {
            assert_eq!(check_url(url), Ok(()), "{url}");
        }
        for url in [
            "",
            "mdm.example.test",
            "http://mdm.example.test/",
            "https://mdm.example.test/?a=b",
            "https://mdm.example.test/#a",
            "https://169.254.169.254/latest",
            "https://[fe80::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://[fd00:ec2::254]/",
            "https://100.100.100.200/",
            "https://metadata.google.internal/",
            "https://me@mdm.example.test/",
            "ftp://mdm.example.test/",
        ] {
            assert!(check_url(url).is_err(), "{url}");
        }
    }
}
