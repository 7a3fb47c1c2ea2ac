service "dot" {
  title   = "Dot."
  doc     = "Shows messages on a Dot. e-ink display; one needs an API key and the display's serial number."
  site    = "https://dot.mindreset.tech/docs/service/open/text_api"
  schemas = ["dot"]
  urls = [
    "dot://{key}@{device}",
    "dot://{key}@{device}/{mode}",
  ]

  field "key" {
    type     = "secret"
    doc      = "The API key, from the app's settings."
    required = true
  }
  field "device" {
    doc      = "The serial number of the display."
    example  = "ABCD1234EF56"
    required = true
    match    = "[-_0-9A-Za-z]+"
  }
  field "mode" {
    doc     = "What is shown: the message as text, or the picture set in image."
    example = "image"
    default = "text"
    query   = ["mode"]
    words   = ["text", "image"]
  }
  field "refresh" {
    type    = "bool"
    doc     = "Show messages at once, not when their turn comes."
    default = true
    query   = ["refresh"]
  }
  field "signature" {
    doc     = "A line below the text."
    example = "pve1"
    query   = ["signature"]
  }
  field "icon" {
    doc     = "A picture of 40 by 40 pixels below the text, as PNG in base64."
    example = "iVBORw0KGgo="
    query   = ["icon"]
    match   = "[+/0-9A-Za-z]+=*"
  }
  field "image" {
    doc     = "The picture of 296 by 152 pixels that mode image shows, as PNG in base64."
    example = "iVBORw0KGgo="
    query   = ["image"]
    match   = "[+/0-9A-Za-z]+=*"
  }
  field "link" {
    doc     = "The address that a tap on the display opens."
    example = "https://pve.example.org:8006"
    query   = ["link"]
  }
  field "border" {
    doc     = "The frame of a picture: 0 for white, 1 for black."
    example = "1"
    default = "0"
    query   = ["border"]
    words   = ["0", "1"]
  }
  field "dither_type" {
    doc     = "How shades of a picture are made of black and white."
    example = "ORDERED"
    default = "DIFFUSION"
    query   = ["dither_type"]
    words   = ["DIFFUSION", "ORDERED", "NONE"]
  }
  field "dither_kernel" {
    doc     = "The method of that diffusion."
    example = "ATKINSON"
    default = "FLOYD_STEINBERG"
    query   = ["dither_kernel"]
    words   = ["FLOYD_STEINBERG", "THRESHOLD", "ATKINSON", "BURKES", "SIERRA2", "STUCKI", "JARVIS_JUDICE_NINKE", "DIFFUSION_ROW", "DIFFUSION_COLUMN", "DIFFUSION_2D"]
  }
  field "task_key" {
    doc     = "The key of one of several contents that the display takes from its API."
    example = "pve"
    query   = ["task_key"]
  }

  message {
    over = "truncate"
  }

  request "text" {
    when = "{{ eq .channel.mode `text` }}"
    url  = "https://dot.mindreset.tech/api/authV2/open/device/{{ segment .channel.device }}/text"
    headers = {
      Authorization = "{{ bearer .channel.key }}"
    }
    json = {
      refreshNow = "{{ .channel.refresh }}"
      title      = "{{ present .title }}"
      message    = "{{ present .body }}"
      signature  = "{{ .channel.signature }}"
      icon       = "{{ .channel.icon }}"
      link       = "{{ .channel.link }}"
      taskKey    = "{{ .channel.task_key }}"
    }
  }
  request "image" {
    when = "{{ .channel.image }}"
    url  = "https://dot.mindreset.tech/api/authV2/open/device/{{ segment .channel.device }}/image"
    headers = {
      Authorization = "{{ bearer .channel.key }}"
    }
    json = {
      refreshNow   = "{{ .channel.refresh }}"
      image        = "{{ .channel.image }}"
      link         = "{{ .channel.link }}"
      border       = "{{ int .channel.border }}"
      ditherType   = "{{ .channel.dither_type }}"
      ditherKernel = "{{ .channel.dither_kernel }}"
      taskKey      = "{{ .channel.task_key }}"
    }
  }

  failure {
    why = ["message", "error"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set key to an API key of the account that the display belongs to"
  }
  refusal "no_device" {
    status = [404]
    do     = "correct device, and add the content of the API to the display's tasks in the app"
  }
  pace {
    every = "100ms"
  }
}
