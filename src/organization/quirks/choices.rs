//! The values that switches choose from.

use serde::{Deserialize, Serialize};

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? } default $default:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant),+
        }

        impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        }
    };
}

choice!(/// An unknown session token.
    UnknownSession { /// 401 `UNAUTHORIZED`.
        Unauthorized = "unauthorized", /// 403 `FORBIDDEN`.
        Forbidden = "forbidden" } default Unauthorized);
choice!(/// The files that the portal takes for a certificate.
    CertificateFiles { /// Whatever it is called.
        Any = "any", /// What ends in `.pem` or `.der`.
        PemOrDer = "pem_or_der" } default Any);
choice!(/// The clock for OAuth timestamps.
    AuthClock { /// The wall clock.
        Wall = "wall", /// The organisation's clock.
        Simulated = "simulated", /// Any timestamp will do.
        Off = "off" } default Wall);
choice!(/// A token that was replaced.
    ReplacedToken { /// `signature_invalid`.
        SignatureInvalid = "signature_invalid", /// `token_rejected`.
        TokenRejected = "token_rejected" } default SignatureInvalid);
choice!(/// Where a refusal strikes.
    RefusedAt { /// At `/session` alone.
        Session = "session", /// On the other calls alone.
        Calls = "calls", /// On all.
        Everywhere = "everywhere" } default Everywhere);
choice!(/// The shape of error bodies.
    ErrorBody { /// The code alone.
        Bare = "bare", /// The code in double quotes.
        Quoted = "quoted", /// The code and a line feed.
        Newline = "newline", /// `{"code":"…"}`.
        Json = "json" } default Bare);
choice!(/// The organisation's programme.
    OrgVersion { /// The old Deployment Programs.
        V1 = "v1", /// Apple Business Manager.
        V2 = "v2" } default V2);
choice!(/// A fetch with a cursor that has nothing left.
    CursorAnswer { /// `EXHAUSTED_CURSOR`.
        Exhausted = "exhausted", /// `INVALID_CURSOR`.
        Invalid = "invalid" } default Exhausted);
choice!(/// A sync with a fetch's cursor.
    SyncWithFetchCursor { /// Rows since the fetch began.
        Accepted = "accepted", /// `INVALID_CURSOR`.
        Invalid = "invalid" } default Accepted);
choice!(/// How a client that asks too often is told when to come again.
    RetryAfterForm { /// Not at all.
        None = "none", /// In seconds.
        Seconds = "seconds", /// By a date.
        Date = "date" } default None);
choice!(/// The expiry of a content token in answers.
    TokenExpirationDate { /// In every one.
        Always = "always", /// In the last fifteen days.
        Near = "near" } default Always);
choice!(/// The texts of error numbers.
    ErrorWording { /// Those of the service configuration.
        ServiceConfig = "service_config", /// Those of Apple's article.
        Article = "article" } default ServiceConfig);
choice!(/// An association that names an unknown user.
    UnknownUser { /// It is refused as a whole.
        Sync = "sync", /// Its event fails for that user.
        Async = "async" } default Sync);
choice!(/// When assignments to retired users are left out.
    InactiveLeftOut { /// Before the list is cut into pages: all but the last are full.
        BeforePaging = "before_paging", /// From its pages: they may be short, or empty.
        AfterPaging = "after_paging" } default BeforePaging);
choice!(/// The texts of version 1.
    V1Texts { /// Those seen in 2025.
        Current = "current", /// Those of 2018.
        Of2018 = "2018" } default Current);
choice!(/// The same call of version 1 that fails again and again.
    RepeatedCalls { /// It is done again.
        Allowed = "allowed", /// It is refused for some minutes.
        Refused = "refused" } default Allowed);
choice!(/// The certificate of a notification address.
    WebhookTls { /// It has to be good.
        Verify = "verify", /// Any will do.
        Insecure = "insecure" } default Verify);
choice!(/// The contents of `deleted` rows.
    DeletedRows { /// All device keys, no profile keys.
        Full = "full", /// Serial number, operation and date.
        Minimal = "minimal" } default Full);
choice!(/// A device that comes from another server.
    MoveOp { /// One `modified` row.
        Modified = "modified", /// One `added` row.
        Added = "added", /// An `added` row and a `modified` one.
        Both = "both" } default Modified);
choice!(/// Whether a change of a device that stays leaves a row.
    Emits { /// No row.
        None = "none", /// A `modified` row.
        Modified = "modified" } default Modified);
choice!(/// Whether a device that the organisation gives up leaves a row.
    EmitsDeleted { /// No row.
        None = "none", /// A `deleted` row.
        Deleted = "deleted" } default None);
choice!(/// Unknown serial numbers in a define.
    UnknownSerials { /// `NOT_ACCESSIBLE` for each.
        PerDevice = "per_device", /// The whole call is `NOT_FOUND`.
        NotFound = "not_found" } default PerDevice);
choice!(/// Contradictory flags.
    OddProfiles { /// Taken as they are.
        Accept = "accept", /// 500 `Internal Server Error`.
        ServerError = "server_error" } default Accept);
choice!(/// The code of an unknown profile.
    ProfileNotFoundCode { /// Documented.
        NotFound = "NOT_FOUND", /// Older.
        ProfileNotFound = "PROFILE_NOT_FOUND" } default NotFound);
choice!(/// Assigning an unknown profile.
    AssignUnknownProfile { /// 404 `NOT_FOUND`.
        NotFound = "not_found", /// 400 `PROFILE_NOT_FOUND`.
        ProfileNotFound = "profile_not_found" } default NotFound);
choice!(/// The methods of an assignment.
    AssignMethods { /// POST and PUT.
        Both = "both", /// POST, as documented.
        Post = "post", /// PUT, as depsim.
        Put = "put" } default Both);
choice!(/// What stays of a removed profile.
    RemovedProfile { /// Status `removed`, the id stays.
        Removed = "removed", /// Status `empty`, nothing stays.
        Empty = "empty" } default Removed);
choice!(/// A disown by a server that may not.
    DisownRefused { /// `FAILED`.
        Failed = "FAILED", /// `NOT_ACCESSIBLE`.
        NotAccessible = "NOT_ACCESSIBLE" } default Failed);
choice!(/// The Mac's name in beta tokens.
    BetaOsMac { /// As in captures.
        Osx = "OSX", /// As in Apple's article.
        Macos = "macOS" } default Osx);
choice!(/// The start of the provisional period.
    ProvisionalStarts { /// When it is added.
        Added = "added", /// When it is first activated.
        Activated = "activated" } default Added);
choice!(/// Which of Apple's rules hold.
    Behaviour { /// A released device returns by Configurator alone, and only iPhone, iPad, iPod and Apple TV.
        In2018 = "2018", /// A released device returns by Configurator or its reseller.
        In2026 = "2026" } default In2026);

choice!(/// The body of an outage.
    OutageBody { /// One plain word.
        Text = "text", /// A small HTML page, as the edge answers.
        Html = "html" } default Text);
