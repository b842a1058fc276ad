"""Addresses of one's own account."""

from django.urls import path

from desirepath.accounts.views import account, passkeys, providers, second_factor, signing_in

app_name = "accounts"
urlpatterns = [
    path("sign-in", signing_in.sign_in, name="sign-in"),
    path("sign-in/second-factor", second_factor.ask, name="second-factor"),
    path("sign-in/passkey", passkeys.show, name="show-passkey"),
    path("sign-in/passkey/question", passkeys.request_options, name="passkey-question"),
    path("sign-in/with/<slug:provider>", providers.go, name="go-to-provider"),
    path("sign-out", signing_in.sign_out, name="sign-out"),
    path("invitation/<str:token>", signing_in.invitation, name="invitation"),
    path("new-password/<str:uid>/<str:token>", signing_in.new_password, name="new-password"),
    path("your-account", account.your_account, name="your-account"),
    path("your-account/password", account.change_password, name="change-password"),
    path("your-account/sessions", account.sessions, name="sessions"),
    path("your-account/identities", providers.identities, name="identities"),
    path("your-account/identities/<slug:provider>", providers.link_identity, name="link-identity"),
    path("your-account/confirm", second_factor.confirm, name="confirm"),
    path("your-account/second-factor", second_factor.second_factors, name="second-factors"),
    path("your-account/second-factor/app", second_factor.set_up_app, name="set-up-app"),
    path("your-account/second-factor/passkey", passkeys.add, name="add-passkey"),
    path("your-account/second-factor/passkey/to-make", passkeys.creation_options, name="passkey-to-make"),
    path("your-account/second-factor/codes", second_factor.recovery_codes, name="recovery-codes"),
]
