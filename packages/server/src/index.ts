/** The server: what speaks to browsers, ComfyUI's clients and scripts. */
