//! The named switches: where Apple's behaviour is unknown, has changed, or surprises, the organisation's owner picks it here.

mod choices;
mod models;
mod patch;
mod rate_limit;

use serde::{Deserialize, Serialize};

pub use choices::*;
pub use models::{AccountLimits, EventLatency, Lag, Outage, Throttle};
pub use patch::{QuirkMistake, joined, whole};
pub use rate_limit::RateLimit;

use crate::clock::Span;
use crate::organization::content::{Limits, LocationLimits};

/// Every switch with its value. The defaults are what the fidelity ledger gives as Apple's behaviour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Quirks {
    // --- Signing in -----------------------------------------------------------------------------------------------------------------
    /// How long a session lives. Apple documents nothing; MicroMDM assumes three minutes.
    #[schemars(with = "String")]
    pub session_ttl: Span,
    /// After how many calls the session token is replaced by another in the response header; 0: never.
    pub session_rotate_every: u32,
    /// How long a replaced session token still works; `0s`: not at all.
    #[schemars(with = "String")]
    pub session_rotate_grace: Span,
    /// Which files the portal takes for the MDM's certificate, by their names: `any`, or `pem_or_der`.
    pub certificate_files: CertificateFiles,
    /// Whether a session outlives the server token that opened it, when that is replaced.
    pub session_outlives_token: bool,
    /// What a session token gets that was never issued, or was replaced by another: `unauthorized` (401) or `forbidden` (403, as depsim).
    pub unknown_session: UnknownSession,
    /// Whether `/session` answers with an empty token.
    pub empty_session_token: bool,
    /// Which clock judges OAuth timestamps: `wall`, `simulated`, or `off`.
    pub auth_clock: AuthClock,
    /// How far an OAuth timestamp may be from that clock.
    #[schemars(with = "String")]
    pub oauth_window: Span,
    /// What a client hears that still signs with a token that was since replaced: `signature_invalid` or `token_rejected`.
    pub replaced_token: ReplacedToken,
    /// The status of `token_rejected`: 401 or 403 (both were seen).
    pub token_rejected_status: u16,
    /// The status of `token_expired`: 403 was seen, 401 is documented.
    pub token_expired_status: u16,
    /// The status of `signature_invalid`: 403 was seen, 401 is documented.
    pub signature_invalid_status: u16,
    /// Where unsigned terms are refused: at `session` alone, on `calls` alone, or `everywhere`.
    pub terms_refused_at: RefusedAt,
    /// Where a server whose access is denied is refused.
    pub access_denied_at: RefusedAt,
    // --- Requests -------------------------------------------------------------------------------------------------------------------
    /// Whether calls that need a User-Agent are refused without one.
    pub user_agent_required: bool,
    /// Texts that a User-Agent must not contain, from protocol version 3 on.
    pub refused_user_agents: Vec<String>,
    /// How error bodies are written: `bare`, `quoted` (depsim), `newline`, or `json`.
    pub error_body: ErrorBody,
    /// Whether a request body must say `application/json;charset=UTF8` to the letter, as depsim wanted.
    pub strict_content_type: bool,
    /// An outage of the whole service: a status for every call, with a body and perhaps a Retry-After; `null`: none.
    pub outage: Option<Outage>,
    // --- Account --------------------------------------------------------------------------------------------------------------------
    /// `org_version` in the account.
    pub org_version: OrgVersion,
    /// The page limits that the account advertises; `null`: no `urls` at all.
    pub account_limits: Option<AccountLimits>,
    /// Keys that the account leaves out, as some real accounts do (`admin_id`, `facilitator_id`).
    pub account_omits: Vec<String>,
    // --- Lists and cursors ----------------------------------------------------------------------------------------------------------
    /// How long a cursor lives.
    #[schemars(with = "String")]
    pub cursor_ttl: Span,
    /// What a fetch with the cursor of a finished fetch or of a sync gets: `exhausted` or `invalid`.
    pub fetch_with_sync_cursor: CursorAnswer,
    /// What a sync with the cursor of an unfinished fetch gets: `accepted` or `invalid`.
    pub sync_with_fetch_cursor: SyncWithFetchCursor,
    /// How often in a row a list gives the same page and the same cursor again with `more_to_follow: true`.
    pub repeat_cursor: u32,
    /// How likely a good cursor is called invalid: 0 to 1.
    pub invalid_cursor_rate: f64,
    /// Whether a sync gives the last row of the sync before once more.
    pub redeliver_last: bool,
    /// Serial numbers whose changes never appear in sync, though fetch and details show the devices.
    pub sync_omits: Vec<String>,
    /// `deleted` rows carry the device's facts (`full`) or the serial number alone (`minimal`).
    pub deleted_rows: DeletedRows,
    /// How much later than `device_assigned_date` the `op_date` of an `added` row is.
    #[schemars(with = "String")]
    pub op_date_delay: Span,
    /// What an MDM server sees of a device that comes from another server: `modified`, `added`, or `both`.
    pub move_op: MoveOp,
    /// The row for a profile assigned or removed by the API: `modified` or `none`.
    pub profile_emits: Emits,
    /// The row for a device that fetched its profile: `modified` or `none`.
    pub push_emits: Emits,
    /// The row for a device released in the portal: `none` or `deleted`.
    pub release_emits: EmitsDeleted,
    /// The row for a device disowned by its server: `none` or `deleted`.
    pub disown_emits: EmitsDeleted,
    /// How long changes take to be seen.
    pub lag: Lag,
    // --- Profiles -------------------------------------------------------------------------------------------------------------------
    /// Whether empty texts in a profile are refused (`MAGIC_INVALID` and the like), as documented, or count as absent.
    pub strict_profile: bool,
    /// Whether defining a profile for a serial number that is not at the server fails whole with `NOT_FOUND`, or per device.
    pub define_unknown_serials: UnknownSerials,
    /// What a profile whose flags contradict each other gets: `accept` or `server_error` (500).
    pub odd_profiles: OddProfiles,
    /// The status for an unknown profile on GET /profile: 400 or 404.
    pub unknown_profile_status: u16,
    /// The code for an unknown profile on GET /profile: `NOT_FOUND`, or `PROFILE_NOT_FOUND`.
    pub unknown_profile_code: ProfileNotFoundCode,
    /// Assigning an unknown profile: 404 `NOT_FOUND`, or 400 `PROFILE_NOT_FOUND`.
    pub assign_unknown_profile: AssignUnknownProfile,
    /// The methods that assign a profile: `both`, `post`, or `put`.
    pub assign_methods: AssignMethods,
    /// The most serial numbers that one assignment takes before it fails for all of them; 0: any number.
    pub most_serials: u32,
    /// What a removed profile leaves: status `removed` with its id, or `empty`.
    pub removed_profile: RemovedProfile,
    /// Whether a device that is unassigned keeps the id of its profile (status `removed`) for when it comes back.
    pub unassign_keeps_profile: bool,
    /// How many serial numbers at the end of a request are missing from the answer's map.
    pub result_omits: u32,
    /// The throttle on profile assignments per device; `null`: none.
    pub throttle: Option<Throttle>,
    /// Whether devices say `profile_status: ""`.
    pub empty_profile_status: bool,
    // --- Other calls ----------------------------------------------------------------------------------------------------------------
    /// What a disown gets where the server may not release devices: `FAILED` or `NOT_ACCESSIBLE`.
    pub disown_refused: DisownRefused,
    /// The status of `DEVICE_NOT_FOUND` from /device/replacementDetails: 400 was seen, 404 is documented.
    pub replacement_not_found_status: u16,
    /// Whether the organisation hands out beta tokens; otherwise 403 `APPLE_SEED_FOR_IT_TURNED_OFF`.
    pub beta_tokens: bool,
    /// What the tokens for macOS say as `os`: `OSX` or `macOS`.
    pub beta_os_mac: BetaOsMac,
    /// Whether beta tokens come twice, as `betaEnrollmentTokens` and the undocumented `seedBuildTokens`.
    pub seed_build_tokens: bool,
    /// Whether account-driven enrolment is refused with `ORG_NOT_SUPPORTED`.
    pub account_driven_unsupported: bool,
    /// When the 30 provisional days of a device added with Apple Configurator begin: when it is `added`, or first `activated`.
    pub provisional_starts: ProvisionalStarts,
    /// Rules that changed between Apple's guide of 2018 and today: who may add a released device again.
    pub behaviour: Behaviour,
    // --- Apps and Books -------------------------------------------------------------------------------------------------------------
    /// How many assets, assignments or users are on a page. Apple says several hundred; 549, 999 and 1,000 were seen.
    #[schemars(range(min = 1, max = 100_000))]
    pub page_size: u32,
    /// How much one request may ask for: what the service configuration tells, under Apple's names.
    pub limits: Limits,
    /// The same for single locations, by name, id or `uId`: what differs from `limits`.
    #[schemars(with = "std::collections::BTreeMap<String, Limits>")]
    pub location_limits: LocationLimits,
    /// How often a location may be asked: `null`, any number of times; `documented`, 15 times in a second; or a limit of one's own.
    #[schemars(with = "Option<rate_limit::Written>")]
    pub rate_limit: Option<RateLimit>,
    /// Whether a licence is assigned only to serial numbers of the organisation's devices. Apple takes any text.
    pub strict_serials: bool,
    /// The status for a content token that is none: 200 was seen, 401 is documented.
    pub invalid_token_status: u16,
    /// When answers tell the end of the token: `always`, or in the last fifteen days (`near`).
    pub token_expiration_date: TokenExpirationDate,
    /// Which texts errors have: those of the service configuration (`service_config`) or of Apple's `article`.
    pub error_wording: ErrorWording,
    /// How long an event takes: `base`, and `per_thousand` tasks; a duration alone is the base of one whose tasks take no time.
    /// `never`: events are stuck and stay `PENDING`; when it is set back, they go on.
    #[schemars(with = "models::LatencyWritten")]
    pub event_latency: EventLatency,
    /// How long a licence that was assigned takes to show in lists of assignments.
    #[schemars(with = "String")]
    pub license_lag: Span,
    /// How long the store takes to hear of a licence that was assigned: until then a device cannot install with it.
    #[schemars(with = "String")]
    pub store_lag: Span,
    /// How long changed counts take to show in the list of assets, after a purchase or an association.
    #[schemars(with = "String")]
    pub count_lag: Span,
    /// An association that names an unknown user: refused as a whole (`sync`), or its event fails for that user (`async`).
    pub unknown_user: UnknownUser,
    /// Whether assignments to retired users are left out of a list before it is cut into pages, or of its pages, which may be short or empty then:
    /// `before_paging` or `after_paging`.
    pub inactive_left_out: InactiveLeftOut,
    /// Whether downloading a content token revokes those that the same account downloaded before.
    pub redownload_revokes: bool,
    /// Which texts errors of version 1 have: those of 2025 (`current`) or of `2018`.
    pub v1_texts: V1Texts,
    /// Whether version 1 refuses a call to manage licences that has just failed three times: `allowed` or `refused`.
    pub repeated_calls: RepeatedCalls,
    /// Whether notifications go to addresses whose certificate is not good: `verify` or `insecure`.
    pub webhook_tls: WebhookTls,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            session_ttl: Span::from_seconds(3_600),
            session_rotate_every: 0,
            session_rotate_grace: Span::from_seconds(300),
            certificate_files: CertificateFiles::default(),
            session_outlives_token: false,
            unknown_session: UnknownSession::default(),
            empty_session_token: false,
            auth_clock: AuthClock::default(),
            oauth_window: Span::from_seconds(600),
            replaced_token: ReplacedToken::default(),
            token_rejected_status: 401,
            token_expired_status: 403,
            signature_invalid_status: 403,
            terms_refused_at: RefusedAt::default(),
            access_denied_at: RefusedAt::default(),
            user_agent_required: true,
            refused_user_agents: vec!["godep".to_owned()],
            error_body: ErrorBody::default(),
            strict_content_type: false,
            outage: None,
            org_version: OrgVersion::default(),
            account_limits: Some(AccountLimits { default: 1_000, maximum: 1_000 }),
            account_omits: Vec::new(),
            cursor_ttl: Span::from_days(7),
            fetch_with_sync_cursor: CursorAnswer::default(),
            sync_with_fetch_cursor: SyncWithFetchCursor::default(),
            repeat_cursor: 0,
            invalid_cursor_rate: 0.0,
            redeliver_last: false,
            sync_omits: Vec::new(),
            deleted_rows: DeletedRows::default(),
            op_date_delay: Span::ZERO,
            move_op: MoveOp::default(),
            profile_emits: Emits::default(),
            push_emits: Emits::default(),
            release_emits: EmitsDeleted::default(),
            disown_emits: EmitsDeleted::default(),
            lag: Lag::default(),
            strict_profile: false,
            define_unknown_serials: UnknownSerials::default(),
            odd_profiles: OddProfiles::default(),
            unknown_profile_status: 400,
            unknown_profile_code: ProfileNotFoundCode::default(),
            assign_unknown_profile: AssignUnknownProfile::default(),
            assign_methods: AssignMethods::default(),
            most_serials: 0,
            removed_profile: RemovedProfile::default(),
            unassign_keeps_profile: true,
            result_omits: 0,
            throttle: None,
            empty_profile_status: false,
            disown_refused: DisownRefused::default(),
            replacement_not_found_status: 400,
            beta_tokens: true,
            beta_os_mac: BetaOsMac::default(),
            seed_build_tokens: true,
            account_driven_unsupported: false,
            provisional_starts: ProvisionalStarts::default(),
            behaviour: Behaviour::default(),
            page_size: 1_000,
            limits: Limits::default(),
            location_limits: LocationLimits::default(),
            rate_limit: None,
            strict_serials: false,
            invalid_token_status: 200,
            token_expiration_date: TokenExpirationDate::default(),
            error_wording: ErrorWording::default(),
            event_latency: EventLatency::default(),
            license_lag: Span::ZERO,
            store_lag: Span::ZERO,
            count_lag: Span::ZERO,
            unknown_user: UnknownUser::default(),
            inactive_left_out: InactiveLeftOut::default(),
            redownload_revokes: false,
            v1_texts: V1Texts::default(),
            repeated_calls: RepeatedCalls::default(),
            webhook_tls: WebhookTls::default(),
        }
    }
}

impl Quirks {
    /// The JSON Schema of a patch of switches: each with its description, its values and its default. `null` brings a default back.
    pub fn schema() -> serde_json::Value {
        let mut schema = serde_json::Value::from(schemars::schema_for!(Self));
        schema["additionalProperties"] = false.into();
        for switch in schema["properties"].as_object_mut().into_iter().flat_map(|switches| switches.values_mut()) {
            let value = switch.take();
            let off = serde_json::json!({ "enum": [null, "off"], "description": "The default, or nothing at all." });
            let mut documented = serde_json::json!({ "anyOf": [value, off] });
            for word in ["description", "default"] {
                if let Some(text) = value_of(&documented, word) {
                    documented[word] = text;
                }
            }
            *switch = documented;
        }
        schema
    }
}

/// What the first alternative says of a switch.
fn value_of(documented: &serde_json::Value, word: &str) -> Option<serde_json::Value> {
    documented["anyOf"][0].get(word).cloned()
}
