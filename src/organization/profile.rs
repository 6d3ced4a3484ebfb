//! Enrolment profiles: what a device is told about its MDM when it is set up.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ServerId;

/// An enrolment profile. It never changes: each define makes a new one, and none is ever deleted. The order of the fields is that of
/// Apple's answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnrollmentProfile {
    /// Whom a user calls, at most 50 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support_phone_number: Option<String>,
    /// Whom a user writes to, at most 250 characters (protocol version 2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support_email_address: Option<String>,
    /// At most 125 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Names the MDM to Apple's tools, at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_magic: Option<String>,
    /// Where the device enrols.
    pub url: String,
    /// Where it shows a web view before it enrols.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_web_url: Option<String>,
    /// Whether the device is supervised.
    pub is_supervised: bool,
    /// Whether it pairs with a host.
    pub allow_pairing: bool,
    /// Whether its user must enrol.
    pub is_mandatory: bool,
    /// Whether its user may remove the MDM profile; false only with supervision.
    pub is_mdm_removable: bool,
    /// Whether it waits for the MDM before Setup Assistant goes on (version 2).
    pub await_device_configured: bool,
    /// Shared iPad (version 2).
    pub is_multi_user: bool,
    /// Whether Setup Assistant goes on by itself (version 2).
    pub auto_advance_setup: bool,
    /// Return to Service.
    pub is_return_to_service: bool,
    /// Whether profiles in a backup are left out when it is restored.
    pub do_not_use_profile_from_backup: bool,
    /// Certificates that the device trusts while it enrols, base64 of DER.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub anchor_certs: Vec<String>,
    /// Certificates of hosts that it pairs with, base64 of DER.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supervising_host_certs: Vec<String>,
    /// Panes that Setup Assistant leaves out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skip_setup_items: Vec<String>,
    /// ISO 639.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// ISO 3166-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Its id: 32 upper-case hexadecimal digits.
    pub profile_uuid: String,
    /// What the MDM calls it, at most 125 characters.
    pub profile_name: String,
}

/// All profiles of an organisation. A profile belongs to the server that defined it.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    profiles: Vec<(ServerId, Arc<EnrollmentProfile>)>,
    by_id: HashMap<String, u32>,
}

impl Profiles {
    /// Keeps a profile; answers its place plus one, which is how a device's standing names it.
    pub fn add(&mut self, server: ServerId, profile: EnrollmentProfile) -> u32 {
        let place = self.profiles.len() as u32 + 1;
        self.by_id.insert(profile.profile_uuid.clone(), place);
        self.profiles.push((server, Arc::new(profile)));
        place
    }

    /// The place plus one of the server's profile with this id, however it is written: Zentral sends 32 capitals, others add dashes.
    pub fn find(&self, server: ServerId, id: &str) -> Option<u32> {
        let plain: String = id.chars().filter(|c| *c != '-').collect::<String>().to_ascii_uppercase();
        let place = *self.by_id.get(&plain)?;
        self.profiles.get(place as usize - 1).filter(|(owner, _)| *owner == server).map(|_| place)
    }

    /// Every profile with the server that defined it, in the order in which they were defined.
    pub fn iter(&self) -> impl Iterator<Item = (ServerId, &Arc<EnrollmentProfile>)> {
        self.profiles.iter().map(|(server, profile)| (*server, profile))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.profiles.len()
    }

    /// True while there are none.
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }

    /// The server that defined the profile with this id, however it is written.
    pub fn owner(&self, id: &str) -> Option<ServerId> {
        let plain: String = id.chars().filter(|c| *c != '-').collect::<String>().to_ascii_uppercase();
        let place = *self.by_id.get(&plain)?;
        self.profiles.get(place as usize - 1).map(|(owner, _)| *owner)
    }

    /// The profile at this place plus one; 0 is none.
    #[inline]
    pub fn get(&self, place: u32) -> Option<&Arc<EnrollmentProfile>> {
        self.profiles.get((place as usize).checked_sub(1)?).map(|(_, profile)| profile)
    }
}

/// A profile as it is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept<Profile> {
    server: ServerId,
    profile: Profile,
}

impl Serialize for Profiles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|(server, profile)| Kept { server, profile: &**profile }))
    }
}

impl<'de> Deserialize<'de> for Profiles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut profiles = Self::default();
        for Kept { server, profile } in Vec::<Kept<EnrollmentProfile>>::deserialize(deserializer)? {
            profiles.add(server, profile);
        }
        Ok(profiles)
    }
}
