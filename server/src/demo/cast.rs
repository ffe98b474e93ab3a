//! Who and what is in the demo: as data, so that it can be read like a list of characters.

use beckon_core::actor::Role;

/// An account with its people and organizations.
pub(super) struct Account {
    pub(super) name: &'static str,
    pub(super) members: &'static [Person],
    pub(super) organizations: &'static [Organization],
}

/// A member. `organization` is the number of an organization in the account's list, from 0.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) role: Role,
    pub(super) organization: Option<usize>,
}

/// An organization with its managed identities and the logins that were observed.
pub(super) struct Organization {
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
    pub(super) home: &'static str,
    /// Their names. The address is made of the name and the domain.
    pub(super) identities: &'static [&'static str],
    pub(super) logins: &'static [Logins],
}

/// A series of logins of one identity: `times` of them, `every` minutes, the first `first` minutes ago.
pub(super) struct Logins {
    pub(super) who: usize,
    pub(super) from: From,
    pub(super) address: &'static str,
    pub(super) first: i64,
    pub(super) times: i64,
    pub(super) every: i64,
}

/// Where a login came from.
#[derive(Clone, Copy)]
pub(super) enum From {
    Country(&'static str),
    Vpn(&'static str, &'static str),
}

/// An answer that was given `minutes` ago by the account's first admin.
pub(super) struct Given {
    pub(super) account: &'static str,
    pub(super) organization: &'static str,
    pub(super) subtype: &'static str,
    pub(super) minutes: i64,
    pub(super) body: &'static str,
}

const fn person(name: &'static str, email: &'static str, role: Role) -> Person {
    Person { name, email, role, organization: None }
}

const fn of(organization: usize, name: &'static str, email: &'static str) -> Person {
    Person { name, email, role: Role::OrganizationUser, organization: Some(organization) }
}

const fn logins(who: usize, from: From, address: &'static str, first: i64, times: i64, every: i64) -> Logins {
    Logins { who, from, address, first, times, every }
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

#[rustfmt::skip]
pub(super) const ACCOUNTS: &[Account] = &[
    Account {
        name: "Northwind IT",
        members: &[
            person("Priya Raman",  "priya@northwind.example", Role::AccountAdmin),
            person("Tom Meier",    "tom@northwind.example",   Role::AccountAdmin),
            person("Ines Ferreira", "ines@northwind.example", Role::AccountUser),
            person("Jonas Lind",   "jonas@northwind.example", Role::AccountUser),
            of(1, "Dana Okafor",   "dana@contosodental.example"),
        ],
        organizations: &[
            Organization {
                name: "Dutch Masterz", domain: "dutchmasterz.example", home: "NL",
                identities: &["Anouk Thulile", "Joey van Dijk", "Sanne de Boer"],
                logins: &[
                    logins(0, From::Country("UA"), "62.149.20.10",  2 * DAY + 40, 17, 2 * HOUR),
                    logins(1, From::Country("UA"), "62.149.20.10",  DAY + 9 * HOUR, 6, 9),
                    logins(2, From::Country("NL"), "145.53.10.4",   3 * DAY, 4, DAY),
                    logins(2, From::Country("PT"), "85.240.12.77",  12 * DAY, 5, 7 * HOUR),
                ],
            },
            Organization {
                name: "Contoso Dental", domain: "contosodental.example", home: "GB",
                identities: &["Dana Okafor", "Grace Whitfield", "Owen Pryce", "Mei Tanaka"],
                logins: &[
                    logins(1, From::Country("ES"), "83.45.120.9",   8 * DAY, 11, 15 * HOUR),
                    logins(2, From::Country("ES"), "83.45.120.9",   6 * DAY, 4, 20 * HOUR),
                    logins(3, From::Vpn("PROTON_VPN", "CH"), "185.159.157.6", 9 * DAY, 3, 5 * HOUR),
                ],
            },
            Organization {
                name: "Tailspin Toys", domain: "tailspintoys.example", home: "DE",
                identities: &["Lena Vogt", "Karim Haddad", "Petra Sommer", "Nils Aumann", "Yara Brandt"],
                logins: &[
                    logins(0, From::Vpn("NORD_VPN", "SE"), "193.138.218.74", 40, 2, 11),
                    logins(1, From::Vpn("NORD_VPN", "SE"), "193.138.218.74", 38, 1, 1),
                    logins(2, From::Vpn("NORD_VPN", "PL"), "31.171.152.20",  31, 3, 4),
                    logins(3, From::Vpn("NORD_VPN", "SE"), "193.138.218.74", 25, 1, 1),
                    logins(4, From::Vpn("NORD_VPN", "US"), "89.187.175.3",   12, 1, 1),
                    logins(0, From::Country("AT"), "178.190.4.22",  4 * DAY, 9, 5 * HOUR),
                    logins(1, From::Country("LB"), "94.187.8.30",   5 * HOUR, 2, 90),
                ],
            },
            Organization {
                name: "Fabrikam Legal", domain: "fabrikamlegal.example", home: "IE",
                identities: &["Aoife Brennan", "Declan Moore", "Sinéad Walsh"],
                logins: &[
                    logins(0, From::Country("US"), "73.162.40.8",   5 * DAY, 8, 11 * HOUR),
                    logins(1, From::Country("US"), "73.162.40.8",   4 * DAY, 2, HOUR),
                    logins(2, From::Country("NG"), "105.112.30.5",  20 * HOUR, 1, 1),
                    logins(1, From::Vpn("APPLE_PRIVATE_RELAY", "GB"), "172.226.40.7", 3 * DAY, 4, 6 * HOUR),
                ],
            },
            Organization {
                name: "Woodgrove Clinics", domain: "woodgrove.example", home: "FR",
                identities: &["Camille Roux", "Hugo Marchand"],
                logins: &[
                    logins(0, From::Country("BE"), "81.242.6.90",   6 * DAY, 12, 9 * HOUR),
                    logins(1, From::Country("MA"), "105.66.1.19",   15 * DAY, 3, 8 * HOUR),
                ],
            },
        ],
    },
    Account {
        name: "Alpine Managed Services",
        members: &[
            person("Rahel Steiner", "rahel@alpine.example",  Role::AccountAdmin),
            person("Luca Bianchi",  "luca@alpine.example",   Role::AccountUser),
            // Works for both, and so has two accounts to look at.
            person("Priya Raman",   "priya@northwind.example", Role::AccountUser),
            of(0, "Urs Kälin",      "urs@bergbahn.example"),
        ],
        organizations: &[
            Organization {
                name: "Bergbahn Arosa", domain: "bergbahn.example", home: "CH",
                identities: &["Urs Kälin", "Flurina Caduff"],
                logins: &[
                    logins(0, From::Country("IT"), "79.20.33.8",  DAY, 3, 3 * HOUR),
                    logins(1, From::Vpn("MULLVAD_VPN", "SE"), "193.138.218.80", 7 * HOUR, 2, 30),
                ],
            },
            Organization {
                name: "Käserei Lindt & Söhne", domain: "kaeserei.example", home: "CH",
                identities: &["Marco Lindt"],
                logins: &[logins(0, From::Country("FR"), "90.12.40.3", 10 * DAY, 2, DAY)],
            },
        ],
    },
];

/// Answers that were given already, so that a visitor sees what came of them.
#[rustfmt::skip]
pub(super) const ANSWERS: &[Given] = &[
    Given {
        account: "Northwind IT", organization: "Dutch Masterz", subtype: "PT", minutes: 10 * DAY,
        body: r#"{"determination": "expected", "scope": "identity", "note": "Sanne works from the Lisbon branch, ticket 8702"}"#,
    },
    Given {
        account: "Northwind IT", organization: "Contoso Dental", subtype: "PROTON_VPN", minutes: 8 * DAY,
        body: r#"{"note": "Mei tried a free VPN at the airport and uninstalled it"}"#,
    },
    Given {
        account: "Northwind IT", organization: "Woodgrove Clinics", subtype: "MA", minutes: 13 * DAY,
        body: r#"{"determination": "unauthorized", "scope": "organization", "revoke_and_disable_identities": true, "note": "Hugo was on duty in Lyon that day"}"#,
    },
    Given {
        account: "Alpine Managed Services", organization: "Käserei Lindt & Söhne", subtype: "FR", minutes: 9 * DAY,
        body: r#"{"determination": "expected", "scope": "organization", "note": "Affineur in Annecy"}"#,
    },
];
