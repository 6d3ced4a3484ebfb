//! How Apple's enrolment service says no.

use super::quirks::RefusedAt;

/// Why a call of the enrolment service is refused. What that looks like on the wire is the enrolment room's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// An OAuth header that is missing, malformed, or has parameters missing, twice, or unknown.
    OAuthMalformed,
    /// A consumer key or access token that was never issued, a timestamp outside the window, a nonce used before.
    OAuthUnauthorized,
    /// A signature that does not match, or that of a token that has been replaced.
    SignatureInvalid,
    /// A token that was revoked, or replaced where the switch says so.
    TokenRejected,
    /// A token past its expiry.
    TokenExpired,
    /// A token whose maker left the organisation.
    Forbidden,
    /// No session, or one that was never opened.
    Unauthorized,
    /// A session that is over.
    SessionOver,
    /// New terms wait for an administrator's consent.
    TermsNotSigned,
    /// The server has no access.
    AccessDenied,
    /// No User-Agent.
    UserAgentMissing,
    /// A User-Agent that Apple blocks.
    UserAgentInvalid,
    /// A body that is not the JSON that the call wants.
    MalformedRequestBody,
    /// A sync without a cursor.
    CursorRequired,
    /// A cursor that is none of this server's.
    InvalidCursor,
    /// A cursor older than seven days.
    ExpiredCursor,
    /// A fetch with a cursor that has nothing left to fetch.
    ExhaustedCursor,
    /// No device named.
    DeviceIdRequired,
    /// No profile named.
    ProfileUuidRequired,
    /// Getting a profile that there is not.
    ProfileNotFound,
    /// Assigning a profile that there is not.
    AssignedProfileNotFound,
    /// Defining a profile for a device that is not at the server, where the switch makes that an error.
    NotFound,
    /// A profile that the service chokes on, where the switch makes it.
    ServerError,
    /// A profile that breaks one of the rules.
    InvalidProfile(ProfileRule),
    /// Replacement details for a device that is no replacement, or not at the server.
    DeviceNotFound,
    /// The organisation has turned AppleSeed for IT off.
    SeedTurnedOff,
    /// No service discovery URL.
    DiscoveryUrlRequired,
    /// A service discovery URL that is not https.
    DiscoveryUrlNotValid,
    /// The organisation cannot use account-driven enrolment.
    OrgNotSupported,
    /// No service discovery URL was set.
    DiscoveryNotFound,
    /// A method that a switch turns off.
    MethodNotAllowed,
    /// The switch that takes the whole service down is on.
    Outage,
}

impl Refusal {
    /// Its name in metrics and traces, the same whatever switches make of its looks.
    pub fn name(&self) -> &'static str {
        match self {
            Self::OAuthMalformed => "oauth_malformed",
            Self::OAuthUnauthorized => "oauth_unauthorized",
            Self::SignatureInvalid => "signature_invalid",
            Self::TokenRejected => "token_rejected",
            Self::TokenExpired => "token_expired",
            Self::Forbidden => "forbidden",
            Self::Unauthorized => "unauthorized",
            Self::SessionOver => "session_over",
            Self::TermsNotSigned => "terms_not_signed",
            Self::AccessDenied => "access_denied",
            Self::UserAgentMissing => "user_agent_missing",
            Self::UserAgentInvalid => "user_agent_invalid",
            Self::MalformedRequestBody => "malformed_request_body",
            Self::CursorRequired => "cursor_required",
            Self::InvalidCursor => "invalid_cursor",
            Self::ExpiredCursor => "expired_cursor",
            Self::ExhaustedCursor => "exhausted_cursor",
            Self::DeviceIdRequired => "device_id_required",
            Self::ProfileUuidRequired => "profile_uuid_required",
            Self::ProfileNotFound => "profile_not_found",
            Self::AssignedProfileNotFound => "assigned_profile_not_found",
            Self::NotFound => "not_found",
            Self::ServerError => "server_error",
            Self::InvalidProfile(_) => "invalid_profile",
            Self::DeviceNotFound => "device_not_found",
            Self::SeedTurnedOff => "seed_turned_off",
            Self::DiscoveryUrlRequired => "discovery_url_required",
            Self::DiscoveryUrlNotValid => "discovery_url_not_valid",
            Self::OrgNotSupported => "org_not_supported",
            Self::DiscoveryNotFound => "discovery_not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Outage => "outage",
        }
    }
}

/// The rule that a profile breaks; Apple names the first only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileRule {
    /// `url` is missing.
    UrlRequired,
    /// `url` is empty, over 2,000 characters, or no URI.
    UrlInvalid,
    /// `profile_name` is missing.
    NameRequired,
    /// `profile_name` is empty or over 125 characters.
    NameInvalid,
    /// `department` is empty or over 125 characters.
    DepartmentInvalid,
    /// `org_magic` is empty or over 256 characters.
    MagicInvalid,
    /// `support_phone_number` is empty or over 50 characters.
    SupportPhoneInvalid,
    /// `support_email_address` is empty or over 250 characters.
    SupportEmailInvalid,
    /// Not removable without supervision.
    FlagsInvalid,
    /// `language` or `region` is none.
    LocaleInvalid,
}

impl ProfileRule {
    /// What it wants.
    pub const fn wants(self) -> &'static str {
        match self {
            Self::UrlRequired => "`url` has to be there",
            Self::UrlInvalid => "`url` has to be an absolute URI of at most 2,000 characters",
            Self::NameRequired => "`profile_name` has to be there",
            Self::NameInvalid => "`profile_name` has 1 to 125 characters",
            Self::DepartmentInvalid => "`department` has 1 to 125 characters",
            Self::MagicInvalid => "`org_magic` has 1 to 256 characters",
            Self::SupportPhoneInvalid => "`support_phone_number` has 1 to 50 characters",
            Self::SupportEmailInvalid => "`support_email_address` has 1 to 250 characters",
            Self::FlagsInvalid => "`is_mdm_removable` may be false only where `is_supervised` is true",
            Self::LocaleInvalid => "`language` has two or three small letters, `region` two capital ones",
        }
    }
}

impl RefusedAt {
    /// Whether it strikes at `/session`.
    pub fn strikes_session(self) -> bool {
        matches!(self, Self::Session | Self::Everywhere)
    }

    /// Whether it strikes on the other calls.
    pub fn strikes_calls(self) -> bool {
        matches!(self, Self::Calls | Self::Everywhere)
    }
}

/// What became of one device in a call for many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Success,
    /// Not a device of this server.
    NotAccessible,
    /// Not done.
    Failed,
    /// Not done: assigned too often. Clients below protocol version 9 are told `FAILED`.
    Throttled,
}
