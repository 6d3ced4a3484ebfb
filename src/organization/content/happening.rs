//! What can happen to apps and books at a time set beforehand.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AssetKey, AssetVerb, LocationId, ManageAssets, MdmInfo, Payment, Purchase, Title, Transfer};
use crate::clock::Timestamp;
use crate::nearest::nearest;
use crate::organization::Books;

/// One deed, in names: what they stand for is looked up when its time has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentHappening {
    /// Licences are bought.
    Buy {
        /// For which location.
        location: String,
        /// Of what.
        asset: AssetKey,
        /// How many.
        quantity: u32,
        /// How they are paid.
        payment: Payment,
        /// Who buys; `None`: the first content manager.
        account: Option<String>,
    },
    /// Licences are given back.
    Refund {
        /// By which location.
        location: String,
        /// Of what.
        asset: AssetKey,
        /// How many.
        quantity: u32,
        /// Who asks for it; `None`: the first content manager.
        account: Option<String>,
    },
    /// Licences move to another location.
    Transfer {
        /// The location that they leave.
        from: String,
        /// The location that they come to.
        to: String,
        /// Of what.
        asset: AssetKey,
        /// How many.
        quantity: u32,
        /// Who does it; `None`: the first content manager.
        account: Option<String>,
    },
    /// Somebody's password is changed, and the content tokens that they downloaded die.
    ChangePassword {
        /// Whose.
        account: String,
    },
    /// Another client of a location associates or disassociates.
    Manage {
        /// Which location.
        location: String,
        /// What it does.
        verb: AssetVerb,
        /// With what.
        asset: AssetKey,
        /// For which users.
        client_user_ids: Vec<String>,
        /// For which devices.
        serial_numbers: Vec<String>,
    },
    /// Another MDM server takes a location over.
    Claim {
        /// Which.
        location: String,
        /// What it writes there.
        mdm_info: MdmInfo,
    },
}

/// A verb with its ending.
fn deed(verb: AssetVerb, ending: &str) -> String {
    match verb {
        AssetVerb::Associate => format!("associate{ending}"),
        AssetVerb::Disassociate => format!("disassociate{ending}"),
    }
}

impl fmt::Display for ContentHappening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buy { location, asset, quantity, .. } => {
                write!(f, "buy {quantity} licences of {asset} for {location}")
            }
            Self::Refund { location, asset, quantity, .. } => {
                write!(f, "refund {quantity} licences of {asset} at {location}")
            }
            Self::Transfer { from, to, asset, quantity, .. } => {
                write!(f, "move {quantity} licences of {asset} from {from} to {to}")
            }
            Self::ChangePassword { account } => write!(f, "change the password of {account}"),
            Self::Manage { location, verb, asset, client_user_ids, serial_numbers } => {
                let count = client_user_ids.len() + serial_numbers.len();
                write!(f, "another client at {location} {} {asset} for {count} holders", deed(*verb, "s"))
            }
            Self::Claim { location, mdm_info } => write!(f, "{} takes {location} over", mdm_info.name),
        }
    }
}

impl Books {
    /// Does it; answers what came of it in words, or why it could not be.
    pub(in crate::organization) fn happen_to_content(
        &mut self,
        happening: ContentHappening,
        now: Timestamp,
    ) -> Result<String, String> {
        let manager = |books: &Self, account: Option<String>| account.unwrap_or_else(|| books.content_manager());
        match happening {
            ContentHappening::Buy { location: name, asset, quantity, payment, account } => {
                let location = self.location_called(&name)?;
                let title = self.content.title(asset.adam_id).cloned();
                let title = title.unwrap_or_else(|| Title::of_number(asset.adam_id, None));
                let (what, account) = (title.name.clone(), manager(self, account));
                let purchase = Purchase { location, title, pricing: asset.pricing, quantity, payment, account };
                self.purchase(purchase, now).map_err(|refused| refused.why)?;
                Ok(format!("{quantity} licences of {what} bought for {name}"))
            }
            ContentHappening::Refund { location: name, asset, quantity, account } => {
                let (location, account) = (self.location_called(&name)?, manager(self, account));
                let trade = self.refund(location, asset, quantity, &account, now).map_err(|refused| refused.why)?;
                Ok(format!("{quantity} licences of {} refunded at {name}", trade.name))
            }
            ContentHappening::Transfer { from, to, asset, quantity, account } => {
                let places = (self.location_called(&from)?, self.location_called(&to)?);
                let account = manager(self, account);
                let transfer = Transfer { from: places.0, to: places.1, asset, quantity, account };
                let trade = self.transfer(transfer, now).map_err(|refused| refused.why)?;
                Ok(format!("{quantity} licences of {} moved from {from} to {to}", trade.name))
            }
            ContentHappening::ChangePassword { account } => {
                let revoked = self.change_password(&account, now);
                Ok(format!("the password of {account} was changed, and {revoked} content tokens died"))
            }
            ContentHappening::Manage { location: name, verb, asset, client_user_ids, serial_numbers } => {
                let location = self.location_called(&name)?;
                let count = client_user_ids.len() + serial_numbers.len();
                let request = ManageAssets { assets: vec![asset], client_user_ids, serial_numbers };
                self.manage_assets(location, verb, request, now).map_err(|refused| refused.why)?;
                Ok(format!("another client at {name} {} {asset} for {count} holders", deed(verb, "d")))
            }
            ContentHappening::Claim { location: name, mdm_info } => {
                let location = self.location_called(&name)?;
                let told = format!("{} took {name} over", mdm_info.name);
                self.claim_location(location, mdm_info, now);
                Ok(told)
            }
        }
    }

    fn location_called(&self, name: &str) -> Result<LocationId, String> {
        let names = || self.content.locations.iter().map(|location| location.name.as_str());
        self.content.find_location(name).ok_or_else(|| {
            let near = nearest(name, names()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!("there is no location `{name}`{near}")
        })
    }
}
