//! Where webhooks may go: never into the municipality's own network, unless it is allowed by name.
//! Checked on every attempt, after the name was resolved.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// What is allowed beyond public addresses over https.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Netwerkbeleid {
    /// Whether plain http may be used.
    pub http: bool,
    /// Networks that may be reached though they are not public.
    pub toegestaan: Vec<IpNet>,
}

/// Why an address is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAllowed {
    /// Not a URL with a host.
    #[error("dit is geen volledige URL")]
    NoUrl,
    /// Plain http, or another scheme.
    #[error("gebruik https")]
    Scheme,
    /// A password in a URL ends in logs.
    #[error("zet geen gebruikersnaam of wachtwoord in de URL")]
    Credentials,
    /// An address of a network that is not public.
    #[error("dit adres ligt niet in een openbaar netwerk")]
    Private,
}

impl Netwerkbeleid {
    /// The URL, if it may be called; names are still to be resolved.
    pub(crate) fn check_url(&self, text: &str) -> Result<Url, NotAllowed> {
        let url = Url::parse(text).map_err(|_| NotAllowed::NoUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if self.http => {}
            _ => return Err(NotAllowed::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAllowed::Credentials);
        }
        let host = url.host_str().ok_or(NotAllowed::NoUrl)?;
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) if !self.allows(address) => Err(NotAllowed::Private),
            Ok(_) | Err(_) => Ok(url),
        }
    }

    /// Whether this address may be reached.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        is_public(address) || self.toegestaan.iter().any(|network| network.contains(&address))
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || address.is_broadcast();
    // This network, shared address space, protocol assignments, benchmarks, reserved.
    let reserved = a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !special && !reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let [a, b, ..] = address.segments();
    // Global unicast is 2000::/3; in it: Teredo and protocol assignments, documentation, 6to4.
    let global = a & 0xe000 == 0x2000;
    let special = a == 0x2002 || (a == 0x2001 && (b < 0x0200 || b == 0x0db8));
    global && !special
}

/// Resolves names to the addresses that may be reached.
#[derive(Debug, Clone)]
pub(super) struct GuardedResolver(pub(super) Arc<Netwerkbeleid>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let beleid = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| beleid.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(NotAllowed::Private.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_over_https_are_called() {
        let strict = Netwerkbeleid::default();
        for url in [
            "http://example.nl/hook",
            "ftp://example.nl/hook",
            "https://user:secret@example.nl/hook",
            "https://127.0.0.1/hook",
            "https://10.1.2.3/hook",
            "https://169.254.169.254/latest/meta-data",
            "https://192.168.1.1/",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[64:ff9b::7f00:1]/",
            "geen url",
        ] {
            assert!(strict.check_url(url).is_err(), "{url}");
        }
        for url in ["https://example.nl/hook", "https://8.8.8.8/", "https://[2a00:1450::1]/"] {
            assert!(strict.check_url(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_network_that_is_allowed_by_name_is_called() {
        let network = "127.0.0.0/8".parse().expect("a network");
        let open = Netwerkbeleid { http: true, toegestaan: vec![network] };
        assert!(open.check_url("http://127.0.0.1:8080/hook").is_ok());
        assert_eq!(open.check_url("http://10.0.0.1/hook"), Err(NotAllowed::Private));
    }
}
