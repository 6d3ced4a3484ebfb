//! What a call of the catalogue asks for besides titles.

use crate::catalog::store::{Device, Devices};
use crate::http::Query;

/// The platforms whose attributes are asked for, and the attributes that are sent to those alone who ask for them.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The platforms.
    pub devices: Devices,
    extensions: Vec<String>,
}

impl Default for Asked {
    fn default() -> Self {
        Self { devices: Devices::ALL, extensions: Vec::new() }
    }
}

impl Asked {
    /// Reads `platform`, `additionalPlatforms` and `extend`; says what is wrong with them.
    pub fn read(query: &Query<'_>) -> Result<Self, String> {
        let main = query.get("platform").ok_or("the parameter `platform` is missing")?;
        let others = query.all("additionalPlatforms").flat_map(|names| names.split(','));
        let mut devices = Devices::default();
        for name in std::iter::once(main).chain(others.filter(|name| !name.is_empty())) {
            let named = Device::ALL.into_iter().filter(|device| name == "web" || device.parameter() == Some(name));
            let named: Devices = named.collect();
            if named.is_empty() {
                return Err(format!("`{name}` is no platform; appletv, ipad, iphone, mac, realityDevice and web are"));
            }
            devices = devices.either(named);
        }
        // The watch has no name of its own there: its apps go with those of the iPhone.
        if devices.has(Device::IPhone) {
            devices = devices.either(std::iter::once(Device::Watch).collect());
        }
        let extensions = ["extend", "extend[apps]"].into_iter().flat_map(|name| query.all(name));
        let extensions = extensions.flat_map(|names| names.split(',')).map(str::to_owned).collect();
        Ok(Self { devices, extensions })
    }

    /// Whether an attribute is asked for.
    pub fn extends(&self, name: &str) -> bool {
        self.extensions.iter().any(|extension| extension == name)
    }
}
