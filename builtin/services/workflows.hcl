service "workflows" {
  title   = "Microsoft Teams Workflows"
  doc     = "Delivers cards to Microsoft Teams by a flow of Power Automate that starts when a webhook request is received; one needs the flow's address."
  site    = "https://support.microsoft.com/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498"
  schemas = ["workflow", "workflows"]
  secure  = ["workflow", "workflows"]
  urls = [
    "workflow|workflows://{server}:{port?}/{workflow}/{signature}",
    "https://{server:[-.0-9A-Za-z]+\\.logic\\.azure\\.com}:{port?}/workflows/{workflow}/triggers/manual/paths/invoke?sig={signature}",
    "https://{server:[-.0-9A-Za-z]+\\.(?:logic\\.azure|powerplatform)\\.com}:{port?}/{style:powerautomate}/automations/direct/workflows/{workflow}/triggers/manual/paths/invoke?sig={signature}",
    "https://{server:[-.0-9A-Za-z]+\\.(?:logic\\.azure|powerplatform)\\.com}:{port?}/{style:powerautomate}/automations/direct/cu/{route}/workflows/{workflow}/triggers/manual/paths/invoke?sig={signature}",
  ]

  field "server" {
    doc      = "The host of the flow's address."
    form     = "server"
    example  = "https://prod-01.westeurope.logic.azure.com:443"
    required = true
  }
  field "workflow" {
    doc      = "The flow's ID, which stands behind workflows in its address."
    example  = "1b2c3d4e5f60718293a4b5c6d7e8f901"
    required = true
    query    = ["id"]
    match    = "[-_0-9A-Za-z]+"
  }
  field "signature" {
    type     = "secret"
    doc      = "What stands behind sig in the flow's address."
    required = true
    query    = ["sig"]
  }
  field "style" {
    doc     = "How the path of the flow's address begins: with workflows, as that of Logic Apps, or with powerautomate."
    example = "power_automate"
    default = "logic_apps"
    query   = ["pa", "powerautomate"]
    words = {
      logic_apps     = ["no", "n", "false", "f", "0", "off"]
      power_automate = ["powerautomate", "yes", "y", "true", "t", "1", "on"]
    }
  }
  field "route" {
    doc     = "What stands behind cu in the address of some flows of Power Automate."
    example = "18"
    query   = ["route", "routeid"]
    match   = "[-_0-9A-Za-z]+"
  }
  field "version" {
    doc     = "What stands behind api-version in the flow's address, where it is another than usual."
    example = "2016-06-01"
    query   = ["ver", "api-version"]
  }
  field "image" {
    type    = "bool"
    doc     = "Show a picture for the severity, where tocsin knows one."
    default = true
    query   = ["image"]
  }
  field "wrap" {
    type    = "bool"
    doc     = "Break long lines of the text; without it they are cut."
    default = true
    query   = ["wrap"]
  }

  message {
    formats = ["markdown"]
    max     = 1000
    marked  = true
  }

  request {
    url = "{{ .channel.server }}{{ if eq .channel.style `power_automate` }}/powerautomate/automations/direct{{ if .channel.route }}/cu/{{ segment .channel.route }}{{ end }}{{ end }}/workflows/{{ segment .channel.workflow }}/triggers/manual/paths/invoke"
    query = {
      api-version = "{{ or .channel.version (ternary `2022-03-01-preview` `2016-06-01` (eq .channel.style `power_automate`)) }}"
      sp          = "/triggers/manual/run"
      sv          = "1.0"
      sig         = "{{ .channel.signature }}"
    }
    json = {
      type = "message"
      attachments = [{
        contentType = "application/vnd.microsoft.card.adaptive"
        contentUrl  = null
        content = {
          "$schema" = "http://adaptivecards.io/schemas/adaptive-card.json"
          type      = "AdaptiveCard"
          version   = "1.4"
          body = [
            {
              "$if"   = "{{ and .channel.image (index .image `32x32`) }}"
              type    = "Image"
              url     = "{{ index .image `32x32` }}"
              height  = "32px"
              altText = "{{ .tone }}"
            },
            {
              "$if"  = "{{ .title }}"
              type   = "TextBlock"
              text   = "{{ .title }}"
              style  = "heading"
              weight = "Bolder"
              size   = "Large"
              id     = "title"
            },
            {
              type  = "TextBlock"
              text  = "{{ .body }}"
              style = "default"
              wrap  = "{{ .channel.wrap }}"
              id    = "body"
            },
          ]
          msteams = {
            width = "full"
          }
        }
      }]
    }
  }

  failure {
    why = ["error.message", "message"]
  }
  refusal "bad_signature" {
    status = [401, 403]
    class  = "target"
    do     = "copy the address of the flow's trigger again, and let Anyone trigger the flow"
  }
  refusal "flow_gone" {
    status = [404]
    class  = "target"
    do     = "check that the flow still exists and is turned on, and copy the address of its trigger again"
  }
  pace {
    every = "250ms"
    burst = 4
  }
}
