//! What the emulators let in. Known to everybody, and good for nothing else.

/// `ConnectWise`: the company whose API it is, as `login/companyinfo` and the credentials name it.
pub const CONNECTWISE_COMPANY: &str = "northwind";
/// `ConnectWise`: the public key of the API member.
pub const CONNECTWISE_PUBLIC_KEY: &str = "pubEmulated0001";
/// `ConnectWise`: the private key of the API member.
pub const CONNECTWISE_PRIVATE_KEY: &str = "privEmulated0001";
/// `ConnectWise`: the integration's `clientId`.
pub const CONNECTWISE_CLIENT_ID: &str = "0f3f2b7e-6f0e-4c55-9d0c-7a1d5f7c2b11";

/// Autotask: the API user.
pub const AUTOTASK_USER: &str = "api@northwind.example";
/// Autotask: the API user's secret.
pub const AUTOTASK_SECRET: &str = "secret#Emulated0001";
/// Autotask: the code of the integration.
pub const AUTOTASK_INTEGRATION_CODE: &str = "EMULATEDCODE0001";

/// `HaloPSA`: the application's client id.
pub const HALOPSA_CLIENT_ID: &str = "6a0f6f53-2c5d-4e5f-8e35-1f1f0a7f9c21";
/// `HaloPSA`: the application's client secret.
pub const HALOPSA_CLIENT_SECRET: &str = "halo-emulated-0001";
