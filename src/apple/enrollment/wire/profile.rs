//! Enrolment profiles on the wire.

use serde::Deserialize;

use super::{each_once, write};
use crate::organization::{EnrollmentProfile, ProfileRule};

/// A profile as clients define it.
#[derive(Debug, Default, Deserialize)]
#[expect(missing_docs, reason = "the fields of EnrollmentProfile, each of them optional")]
pub struct ProfileBody {
    pub profile_name: Option<String>,
    pub url: Option<String>,
    pub configuration_web_url: Option<String>,
    pub org_magic: Option<String>,
    pub department: Option<String>,
    pub support_phone_number: Option<String>,
    pub support_email_address: Option<String>,
    pub allow_pairing: Option<bool>,
    pub is_supervised: Option<bool>,
    pub is_mandatory: Option<bool>,
    pub is_mdm_removable: Option<bool>,
    pub await_device_configured: Option<bool>,
    pub is_multi_user: Option<bool>,
    pub auto_advance_setup: Option<bool>,
    pub is_return_to_service: Option<bool>,
    pub do_not_use_profile_from_backup: Option<bool>,
    pub anchor_certs: Option<Vec<String>>,
    pub supervising_host_certs: Option<Vec<String>>,
    pub skip_setup_items: Option<Vec<String>>,
    pub language: Option<String>,
    pub region: Option<String>,
    pub devices: Option<Vec<String>>,
}

impl ProfileBody {
    /// The profile and the devices to assign it to, or the first rule that it breaks. Texts may be empty, which counts as absent, unless
    /// `strict`. What came with version 2 is ignored below it.
    pub fn check(self, version: u8, strict: bool) -> Result<(EnrollmentProfile, Vec<String>), ProfileRule> {
        let url = self.url.ok_or(ProfileRule::UrlRequired)?;
        if !is_url(&url) {
            return Err(ProfileRule::UrlInvalid);
        }
        let profile_name = self.profile_name.ok_or(ProfileRule::NameRequired)?;
        if profile_name.is_empty() || profile_name.chars().count() > 125 {
            return Err(ProfileRule::NameInvalid);
        }
        let text = |text: Option<String>, longest: usize, rule: ProfileRule| match text {
            Some(text) if text.is_empty() && !strict => Ok(None),
            Some(text) if text.is_empty() || text.chars().count() > longest => Err(rule),
            text => Ok(text),
        };
        let since_2 = version >= 2;
        let flag = |flag: Option<bool>| flag.unwrap_or(false);
        let profile = EnrollmentProfile {
            department: text(self.department, 125, ProfileRule::DepartmentInvalid)?,
            org_magic: text(self.org_magic, 256, ProfileRule::MagicInvalid)?,
            support_phone_number: text(self.support_phone_number, 50, ProfileRule::SupportPhoneInvalid)?,
            support_email_address: text(
                self.support_email_address.filter(|_| since_2),
                250,
                ProfileRule::SupportEmailInvalid,
            )?,
            configuration_web_url: self.configuration_web_url.filter(|url| !url.is_empty()),
            is_supervised: flag(self.is_supervised),
            allow_pairing: self.allow_pairing.unwrap_or(true),
            is_mandatory: flag(self.is_mandatory),
            is_mdm_removable: self.is_mdm_removable.unwrap_or(true),
            await_device_configured: since_2 && flag(self.await_device_configured),
            is_multi_user: since_2 && flag(self.is_multi_user),
            auto_advance_setup: since_2 && flag(self.auto_advance_setup),
            is_return_to_service: flag(self.is_return_to_service),
            do_not_use_profile_from_backup: flag(self.do_not_use_profile_from_backup),
            anchor_certs: self.anchor_certs.unwrap_or_default(),
            supervising_host_certs: self.supervising_host_certs.unwrap_or_default(),
            skip_setup_items: self.skip_setup_items.unwrap_or_default(),
            language: self.language.filter(|language| !language.is_empty()),
            region: self.region.filter(|region| !region.is_empty()),
            profile_uuid: String::new(),
            profile_name,
            url,
        };
        if !profile.is_mdm_removable && !profile.is_supervised {
            return Err(ProfileRule::FlagsInvalid);
        }
        check_locale(&profile)?;
        Ok((profile, each_once(self.devices.unwrap_or_default())))
    }
}

/// An absolute URI of at most 2,000 characters once encoded.
fn is_url(url: &str) -> bool {
    let encoded: usize = url.bytes().map(|byte| if byte.is_ascii() { 1 } else { 3 }).sum();
    let well_formed = url.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.trim_start_matches('/').is_empty()
    });
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c);
    encoded <= 2_000 && well_formed && !url.contains(forbidden)
}

fn check_locale(profile: &EnrollmentProfile) -> Result<(), ProfileRule> {
    let language = |text: &String| (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase());
    let region = |text: &String| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    let right = profile.language.as_ref().is_none_or(language) && profile.region.as_ref().is_none_or(region);
    if right { Ok(()) } else { Err(ProfileRule::LocaleInvalid) }
}

/// `GET /profile`: the profile as far as the client's protocol version knows it.
pub fn profile(profile: &EnrollmentProfile, version: u8) -> Vec<u8> {
    if version >= 2 {
        return write(profile);
    }
    let mut fields = serde_json::to_value(profile).unwrap_or_default();
    if let Some(fields) = fields.as_object_mut() {
        for since_2 in ["auto_advance_setup", "await_device_configured", "is_multi_user", "support_email_address"] {
            fields.shift_remove(since_2);
        }
    }
    write(&fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(json: &str) -> ProfileBody {
        serde_json::from_str(json).unwrap()
    }

    fn refused(json: &str, strict: bool) -> Option<ProfileRule> {
        body(json).check(10, strict).err()
    }

    #[test]
    fn a_profile_breaks_one_rule_at_a_time() {
        let long = |key: &str, length: usize| {
            format!(r#"{{"url":"https://m.example","profile_name":"p","{key}":"{}"}}"#, "x".repeat(length))
        };
        assert_eq!(refused("{}", false), Some(ProfileRule::UrlRequired));
        assert_eq!(refused(r#"{"url":"","profile_name":"p"}"#, false), Some(ProfileRule::UrlInvalid));
        assert_eq!(refused(r#"{"url":"no url","profile_name":"p"}"#, false), Some(ProfileRule::UrlInvalid));
        let url = format!(r#"{{"url":"https://m.example/{}","profile_name":"p"}}"#, "x".repeat(2_000));
        assert_eq!(refused(&url, false), Some(ProfileRule::UrlInvalid));
        assert_eq!(refused(r#"{"url":"https://m.example"}"#, false), Some(ProfileRule::NameRequired));
        assert_eq!(refused(r#"{"url":"https://m.example","profile_name":""}"#, false), Some(ProfileRule::NameInvalid));
        for (key, longest, rule) in [
            ("department", 125, ProfileRule::DepartmentInvalid),
            ("org_magic", 256, ProfileRule::MagicInvalid),
            ("support_phone_number", 50, ProfileRule::SupportPhoneInvalid),
            ("support_email_address", 250, ProfileRule::SupportEmailInvalid),
        ] {
            assert_eq!(refused(&long(key, longest), false), None, "{key}");
            assert_eq!(refused(&long(key, longest + 1), false), Some(rule), "{key}");
            assert_eq!(refused(&long(key, 0), false), None, "empty {key} counts as absent");
            assert_eq!(refused(&long(key, 0), true), Some(rule), "empty {key} with strict_profile");
        }
        let locked = r#"{"url":"https://m.example","profile_name":"p","is_mdm_removable":false}"#;
        assert_eq!(refused(locked, false), Some(ProfileRule::FlagsInvalid));
        let locale = r#"{"url":"https://m.example","profile_name":"p","language":"EN","region":"us"}"#;
        assert_eq!(refused(locale, false), Some(ProfileRule::LocaleInvalid));
    }
}
