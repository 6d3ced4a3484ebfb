//! Clients that are known by name, and what brings each of them here.

use crate::nearest::nearest;

/// A client.
pub(super) struct Client {
    pub(super) name: &'static str,
    pub(super) lines: &'static [Line],
}

/// One line about a client. `{base}` stands for our URL, `{proxy}` for the same port in plain text, `{ca}` for the CA's file.
pub(super) enum Line {
    /// Why, for people.
    Comment(&'static str),
    /// A variable and its value.
    Export(&'static str, &'static str),
    /// Something to be done by hand, with names to be filled in.
    ByHand(&'static str),
}

use Line::{ByHand, Comment, Export};

pub(super) const CLIENTS: [Client; 8] = [
    Client {
        name: "abcli",
        lines: &[
            Comment("abcli asks for Apps and Books here, with the content token of a location:"),
            Export("AB_VPP_BASE", "{base}/mdm/v2"),
            Export("AB_ITUNES_BASE", "{base}/lookup"),
            ByHand("export AB_VPP_TOKEN=\"$(abmsim license token LOCATION)\""),
        ],
    },
    Client {
        name: "commandment",
        lines: &[
            Comment("commandment takes the address where its DEP client is made (REQUESTS_CA_BUNDLE above is for it):"),
            ByHand("DEP(…, url=\"{base}\")"),
        ],
    },
    Client {
        name: "fleet",
        lines: &[
            Comment("Fleet keeps the address in its database, in the row that is named after the organisation:"),
            ByHand("UPDATE nano_dep_names SET config_base_url = '{base}' WHERE name = 'ORGANISATION NAME';"),
            Comment(
                "Apps and Books, and what the stores tell of them; newer versions mind this in development mode alone (--dev):",
            ),
            Export("FLEET_DEV_VPP_URL", "{base}/mdm/v2"),
            Export(
                "FLEET_DEV_STOKEN_AUTHENTICATED_APPS_URL",
                "{base}/v1/catalog/us/stoken-authenticated-apps?platform=iphone&additionalPlatforms=ipad,mac&extend[apps]=latestVersionInfo",
            ),
            Export("FLEET_DEV_VPP_PROXY_AUTH_URL", "{base}/api/vpp/v1/auth"),
            Comment("and before those, the public lookup:"),
            Export("FLEET_DEV_ITUNES_URL", "{base}/lookup"),
            Comment("Its content token is uploaded as a file: `abmsim license token LOCATION --out .`"),
            Comment("Everything else that it asks Apple goes through the proxy; SSL_CERT_FILE above is for it:"),
            Export("HTTPS_PROXY", "{proxy}"),
        ],
    },
    Client {
        name: "micromdm",
        lines: &[
            Comment("MicroMDM asks the simulator, with depsim's credentials: serve with --compat depsim"),
            Export("MICROMDM_DEPSIM_URL", "{base}"),
        ],
    },
    Client {
        name: "nanodep",
        lines: &[
            Comment("NanoDEP keeps the address for each DEP name; tell depserver, which listens on $BASE_URL:"),
            ByHand("curl -u depserver:$APIKEY -X PUT -d '{\"base_url\":\"{base}\"}' $BASE_URL/v1/config/$DEP_NAME"),
            Comment("and give it a server token, in clear:"),
            ByHand("abmsim token SERVER | curl -u depserver:$APIKEY -T - $BASE_URL/v1/tokens/$DEP_NAME"),
        ],
    },
    Client {
        name: "petarov",
        lines: &[
            Comment("The Java client takes the address from its builder, and Java its CA from a trust store:"),
            ByHand("builder.setAppleServiceUrl(\"{base}\")"),
            ByHand("keytool -importcert -noprompt -alias abmsim -file {ca} -keystore abmsim.jks -storepass changeit"),
            ByHand("java -Djavax.net.ssl.trustStore=abmsim.jks -Djavax.net.ssl.trustStorePassword=changeit …"),
        ],
    },
    Client {
        name: "proxy",
        lines: &[
            Comment("Any client that takes a proxy: it asks for Apple's hosts and gets us"),
            Export("HTTPS_PROXY", "{proxy}"),
        ],
    },
    Client {
        name: "zentral",
        lines: &[
            Comment(
                "Zentral has Apple's address in its source; the proxy leads here (REQUESTS_CA_BUNDLE above is for it)",
            ),
            Export("HTTPS_PROXY", "{proxy}"),
            Comment(
                "For Apps and Books too. Its content token is uploaded as a file: `abmsim license token LOCATION --out .`",
            ),
        ],
    },
];

/// The client called `name`, or words for not knowing it.
pub(super) fn find(name: &str) -> Result<&'static Client, String> {
    let known = || CLIENTS.iter().map(|client| client.name);
    CLIENTS.iter().find(|client| client.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let near = nearest(name, known()).map_or(String::new(), |near| format!(" (did you mean {near}?)"));
        format!("there is no client `{name}`{near}; known are {}", known().collect::<Vec<_>>().join(", "))
    })
}
